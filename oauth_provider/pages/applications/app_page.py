"""Overview of an app: its status, how it proves itself, its secrets, and who publishes it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import router
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients import publisher
from oauth_provider.clients.registration.proposal import MetadataRefused
from oauth_provider.clients.registration.publisher_host import provable_host
from oauth_provider.clients.registration.status import Step, move, possible_steps
from oauth_provider.models import ClientSecret, PublisherProof
from oauth_provider.pages.applications.door import Seat, check_may_change, for_members, show_with_script
from oauth_provider.pages.applications.list_page import number_of
from oauth_provider.pages.applications.new_page import show_once
from oauth_provider.pages.applications.shown import frame, url_of
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import locked, run
from oauth_provider.tokens.issuer import issuer_of

HOUR, DAY = 3600, 86400
OVERLAPS = ((0, _("now")), (HOUR, _("in an hour")), (DAY, _("in a day")), (7 * DAY, _("in 7 days")))
MAX_LIVE = 10
TOO_MANY = _("This app has as many secrets as it may have. Revoke one first.")


class Refused(Exception):
    """Nothing was done. ``text`` says why."""

    def __init__(self, text: Any) -> None:
        super().__init__(str(text))
        self.text = text


@for_members
@sensitive_variables()
def app(request: HttpRequest, seat: Seat) -> HttpResponse:
    """GET shows it; POST submits, takes back, makes, rotates, revokes or verifies, as ``action`` says."""
    if request.method != "POST":
        return _show(request, seat)
    check_may_change(seat)
    action = ACTIONS.get(request.POST.get("action", ""))
    try:
        return action(request, seat) if action is not None else _show(request, seat)
    except MetadataRefused as error:
        return _show(request, seat, problem=error.faults[0].text)
    except (Refused, publisher.ProofRefused) as error:
        return _show(request, seat, problem=error.text)


def _show(request: HttpRequest, seat: Seat, problem: Any = "") -> HttpResponse:
    metadata, steps = seat.metadata, possible_steps(seat.client.policy, seat.visitor.by)
    host = provable_host(metadata)
    proof = _proof(seat, may_make=bool(host) and seat.may_change)
    context = frame(request, seat, "app") | {
        "problem": problem,
        "issuer": issuer_of(request).name,
        "is_public": metadata.is_public,
        "secrets": [] if metadata.is_public else _secrets(seat),
        "newest": _newest(seat),
        "overlaps": OVERLAPS,
        "can_submit": Step.SUBMIT in steps,
        "can_withdraw": Step.WITHDRAW in steps,
        "redirect_uris": metadata.redirect_uris,
        "scope": metadata.scope,
        "waiting": metadata.requested_scope.split(),
        "host": host,
        "verified_host": metadata.verified_host,
        "file": publisher.address_of(host) if host else "",
        "line": publisher.line_of(proof) if proof is not None else "",
        "code_url": url_of("app_code", seat.client.client_id),
    }
    return show_with_script(request, "app.html", context, status=400 if problem else 200)


def _proof(seat: Seat, *, may_make: bool) -> PublisherProof | None:
    found = PublisherProof.objects.filter(pk=seat.application.pk).first()
    if found is None and may_make:
        found, _is_new = PublisherProof.objects.get_or_create(application=seat.application)
    return found


def _secrets(seat: Seat) -> list[ClientSecret]:
    return list(ClientSecret.objects.live().filter(application=seat.application).order_by("-pk")[:MAX_LIVE])


def _newest(seat: Seat) -> int:
    """Return the key of the newest secret; a form sent twice makes one."""
    keys = ClientSecret.objects.filter(application=seat.application).order_by("-pk").values_list("pk", flat=True)
    return keys.first() or 0


def _submit(request: HttpRequest, seat: Seat) -> HttpResponse:
    move(seat.client, Step.SUBMIT, seat.visitor.by)
    return redirect_to(url_of("app", seat.client.client_id, "submitted"))


def _withdraw(request: HttpRequest, seat: Seat) -> HttpResponse:
    move(seat.client, Step.WITHDRAW, seat.visitor.by)
    return redirect_to(url_of("app", seat.client.client_id, "withdrawn"))


@sensitive_variables()
def _make(request: HttpRequest, seat: Seat) -> HttpResponse:
    return _with_secret(
        request,
        seat,
        lambda label: ClientSecret.objects.create_secret(seat.application, label=label, by=seat.visitor.by.actor)[1],
    )


@sensitive_variables()
def _rotate(request: HttpRequest, seat: Seat) -> HttpResponse:
    overlap = number_of(request, "overlap")
    words = dict(OVERLAPS).get(overlap)
    if words is None:
        raise Refused(_("Choose when the secrets of before end."))
    return _with_secret(
        request,
        seat,
        lambda label: ClientSecret.objects.rotate(
            seat.application, overlap=overlap, label=label, by=seat.visitor.by.actor
        )[1],
        overlap=words,
    )


@sensitive_variables()
def _with_secret(request: HttpRequest, seat: Seat, make: Callable[[str], str], overlap: Any = "") -> HttpResponse:
    label, newest = request.POST.get("label", "").replace("\x00", "")[:64], number_of(request, "newest")

    @sensitive_variables()
    def work() -> str:
        rows = type(seat.application)._base_manager.filter(pk=seat.application.pk)
        row = locked(rows, touch="name")
        if row is None or row.client_type == "public":
            raise Refused(_("A public client keeps no secret (RFC 6749 §2.1)."))
        if newest != _newest(seat):
            return ""
        if ClientSecret.objects.live().filter(application=seat.application).count() >= MAX_LIVE:
            raise Refused(TOO_MANY)
        return make(label)

    secret = run(work, using=router.db_for_write(ClientSecret), durable=False)
    if not secret:
        return redirect_to(url_of("app", seat.client.client_id, "late"))
    return show_once(request, seat.client, secret, overlap=overlap)


def _revoke(request: HttpRequest, seat: Seat) -> HttpResponse:
    now = database_now(router.db_for_write(ClientSecret))
    live = ClientSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), application=seat.application)
    secret = live.filter(pk=number_of(request, "secret")).first()
    if secret is None:
        return redirect_to(url_of("app", seat.client.client_id, "nothing"))
    secret.application = seat.application
    ClientSecret.objects.revoke(secret, by=seat.visitor.by.actor)
    return redirect_to(url_of("app", seat.client.client_id, "revoked"))


def _prove(request: HttpRequest, seat: Seat) -> HttpResponse:
    publisher.prove(seat.application, seat.visitor.by)
    return redirect_to(url_of("app", seat.client.client_id, "proven"))


ACTIONS: Mapping[str, Callable[[HttpRequest, Seat], HttpResponse]] = {
    "submit": _submit,
    "withdraw": _withdraw,
    "make_secret": _make,
    "rotate_secret": _rotate,
    "revoke_secret": _revoke,
    "prove": _prove,
}
