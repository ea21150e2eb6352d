"""Team of an app: who is in it, who is invited, and what an owner changes about that."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from oauth_provider.clients import team
from oauth_provider.models import ClientInvitation, ClientMember
from oauth_provider.pages.applications.door import Seat, check_is_owner, for_members
from oauth_provider.pages.applications.list_page import number_of
from oauth_provider.pages.applications.shown import frame, url_of
from oauth_provider.pages.sending.page import show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.sql.clock import database_now
from oauth_provider.tokens.person import username_of


@for_members
def app_team(request: HttpRequest, seat: Seat) -> HttpResponse:
    """GET shows it; POST changes it, as ``action`` says."""
    return _change(request, seat) if request.method == "POST" else _show(request, seat)


def _show(request: HttpRequest, seat: Seat, problem: object = "", status: int = 200) -> HttpResponse:
    rows = ClientMember.objects.filter(application=seat.application).select_related("user").order_by("pk")
    now = database_now(ClientInvitation.objects.db)
    invited = ClientInvitation.objects.filter(application=seat.application, expires_at__gt=now).order_by("pk")
    context = frame(request, seat, "app_team") | {
        "members": [
            {
                "id": row.pk,
                "name": username_of(row.user),
                "role": row.role,
                "role_words": row.get_role_display(),
                "since": row.created_at,
                "is_you": row.user_id == seat.visitor.user.pk,
            }
            for row in rows[: team.MAX_MEMBERS]
        ],
        "invited": list(invited[: team.MAX_INVITATIONS]) if seat.is_owner else [],
        "roles": ClientMember.Role.choices,
        "typed": request.POST.get("name", ""),
        "problem": problem,
    }
    return show(request, "applications/team.html", context, status=status)


def _change(request: HttpRequest, seat: Seat) -> HttpResponse:
    action = request.POST.get("action", "")
    try:
        if action == "leave":
            mine = ClientMember.objects.get(application=seat.application, user=seat.visitor.user)
            team.remove(seat.application, mine.pk, by=seat.visitor.by.actor, step=team.LEFT)
            return redirect_to(f"{reverse('oauth_provider:apps')}?done=left")
        check_is_owner(seat)
        if action not in ACTIONS:
            raise team.TeamRefused(team.NOT_THERE)
        ACTIONS[action](request, seat)
    except team.TeamRefused as error:
        return _show(request, seat, error.text, status=400)
    done = "invited" if action == "invite" else "team"
    return redirect_to(url_of("app_team", seat.client.client_id, done))


def _invite(request: HttpRequest, seat: Seat) -> None:
    by, role = seat.visitor.by.actor, request.POST.get("role", "")
    team.invite(seat.application, request.POST.get("name", ""), role, by=by)


def _take_back(request: HttpRequest, seat: Seat) -> None:
    team.take_back_invitation(seat.application, number_of(request, "invitation"))


def _change_role(request: HttpRequest, seat: Seat) -> None:
    role, by = request.POST.get("role", ""), seat.visitor.by.actor
    team.change_role(seat.application, number_of(request, "member"), role, by=by)


def _transfer(request: HttpRequest, seat: Seat) -> None:
    team.transfer(seat.application, number_of(request, "member"), seat.visitor.user, by=seat.visitor.by.actor)


def _remove(request: HttpRequest, seat: Seat) -> None:
    team.remove(seat.application, number_of(request, "member"), by=seat.visitor.by.actor)


ACTIONS: Mapping[str, Callable[[HttpRequest, Seat], None]] = {
    "invite": _invite,
    "take_back": _take_back,
    "role": _change_role,
    "transfer": _transfer,
    "remove": _remove,
}
