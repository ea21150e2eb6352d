"""Deletion of an app, with the number of people it would hit."""

from typing import Any

from django.db import router, transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from oauth_provider.events.event import ClientDeleted
from oauth_provider.models import AuditEvent, Authorization, Consent
from oauth_provider.pages.applications.door import Seat, check_is_owner, for_members
from oauth_provider.pages.applications.shown import frame
from oauth_provider.pages.sending.page import show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.sql.clock import database_now
from oauth_provider.tokens.ending import revoke_authorizations

MAX_AT_ONCE = 500
NOT_CONFIRMED = _("Type the name of the app, so that the right one is deleted.")
HELD = _("Something on this site still needs it. Ask whoever runs the site.")


@for_members
def app_delete(request: HttpRequest, seat: Seat) -> HttpResponse:
    """GET asks; POST deletes where the name was typed."""
    check_is_owner(seat)
    if request.method != "POST":
        return _show(request, seat)
    if request.POST.get("name", "").strip() != str(seat.application).strip():
        return _show(request, seat, NOT_CONFIRMED)
    try:
        _delete(seat)
    except (ProtectedError, RestrictedError):
        return _show(request, seat, HELD)
    return redirect_to(f"{reverse('oauth_provider:apps')}?done=deleted")


def people_of(application: Any) -> int:
    """Return how many people let the client in, or are signed in to it."""
    now = database_now(router.db_for_write(Authorization))
    live = Authorization.objects.filter(application=application, revoked_at=None, expires_at__gt=now)
    signed_in = live.exclude(user=None).order_by().values("user")
    return Consent.objects.filter(application=application).order_by().values("user").union(signed_in).count()


def _delete(seat: Seat) -> None:
    """End all sign-ins first, some at a time, so that whoever listens is told."""
    application, by = seat.application, seat.visitor.by.actor
    live = Authorization.objects.filter(application=application, revoked_at=None)
    while keys := list(live.values_list("pk", flat=True)[:MAX_AT_ONCE]):
        revoke_authorizations(live.filter(pk__in=keys), Authorization.Reason.CLIENT, by)
    # Where something keeps it from going, nobody is told that it went.
    with transaction.atomic(using=router.db_for_write(type(application))):
        AuditEvent.objects.record([ClientDeleted(application)], using=router.db_for_write(AuditEvent), by=by)
        application.delete()


def _show(request: HttpRequest, seat: Seat, problem: Any = "") -> HttpResponse:
    context = frame(request, seat, "app_delete") | {
        "problem": problem,
        "people": people_of(seat.application),
        "typed": request.POST.get("name", ""),
    }
    return show(request, "applications/delete.html", context, status=400 if problem else 200)
