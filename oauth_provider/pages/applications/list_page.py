"""List of one's apps, and of the invitations into the teams of others."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from oauth_provider.clients import team
from oauth_provider.models import ClientInvitation, ClientMember
from oauth_provider.models.client import as_client
from oauth_provider.pages.applications.door import Visitor, for_developers
from oauth_provider.pages.applications.shown import DONE, App, app_of
from oauth_provider.pages.sending.page import show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.sql.clock import database_now
from oauth_provider.tokens.person import username_of

MAX_APPS, MAX_INVITATIONS = 500, 20


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that the person may accept."""

    id: int
    app: App
    until: datetime


@for_developers
def apps(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """GET lists them; POST accepts or declines an invitation."""
    return _answer(request, visitor) if request.method == "POST" else _list(request, visitor)


def _list(request: HttpRequest, visitor: Visitor, problem: object = "", status: int = 200) -> HttpResponse:
    mine = ClientMember.objects.filter(user=visitor.user).select_related("application__oauth_policy")
    members = mine.order_by("application__name", "pk")[: MAX_APPS + 1]
    shown = [app_of(as_client(member.application), member.role) for member in members]
    context = {
        "account": username_of(visitor.user),
        "apps": shown[:MAX_APPS],
        "has_more": len(shown) > MAX_APPS,
        "invitations": _invitations(visitor),
        "may_register": visitor.may_register,
        "new_url": reverse("oauth_provider:apps_new"),
        "action": reverse("oauth_provider:apps"),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "problem": problem,
    }
    return show(request, "applications/list.html", context, status=status)


def _invitations(visitor: Visitor) -> list[Invitation]:
    now = database_now(ClientInvitation.objects.db)
    rows = ClientInvitation.objects.filter(user=visitor.user, expires_at__gt=now)
    found = rows.select_related("application__oauth_policy").order_by("-pk")[:MAX_INVITATIONS]
    return [Invitation(row.pk, app_of(as_client(row.application), row.role), row.expires_at) for row in found]


def _answer(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    invitation_id, action = number_of(request, "invitation"), request.POST.get("action")
    try:
        if action == "accept":
            team.accept(invitation_id, visitor.user, by=visitor.by.actor)
        else:
            team.decline(invitation_id, visitor.user)
    except team.TeamRefused as error:
        return _list(request, visitor, error.text, status=400)
    return redirect_to(f"{reverse('oauth_provider:apps')}?done={'joined' if action == 'accept' else 'declined'}")


def number_of(request: HttpRequest, name: str) -> int:
    """Return the key that a form names; 0, which is nobody's, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
