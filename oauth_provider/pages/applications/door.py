"""Door of the developer portal: who comes in, and what their role in the team of an app lets them do (RFC 7591 §5)."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.clients.lookup import is_client_id
from oauth_provider.clients.registration.kinds import Kind
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door, DoorPolicy, door_policy
from oauth_provider.clients.registration.proposal import By
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientMember
from oauth_provider.models.client import Client, as_client
from oauth_provider.pages.csrf import csrf_protected, show_again
from oauth_provider.pages.login_round_trip import login_url
from oauth_provider.pages.sending.page import content_security_policy, for_people, show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.resource_server.users.session_user import active_session_user

METHODS = ["GET", "HEAD", "POST"]
Role = ClientMember.Role
CLOSED = _("This site has no portal for developers")
ASK = _("Apps are registered by whoever runs it. Ask them.")
ABSENT = _("There is no such app")
NOT_YOURS = _("It was deleted, or you are not in its team.")
ROLE_TOO_SMALL = _("Your role does not allow that")
ASK_OWNER = _("Nothing was changed. Ask an owner of this app.")
SUSPENDED = _("This app is suspended")
ASK_OPERATOR = _("Nothing was changed. Ask whoever runs this site.")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in to the session, and the policy that they register by."""

    user: Any
    by: By
    policy: DoorPolicy

    @property
    def may_register(self) -> bool:
        """May they make a new app, and change one?"""
        return self.policy.lets_in(self.user, self.by)


@dataclass(frozen=True, slots=True)
class Seat:
    """A visitor in the team of one client. The client is as it was read."""

    visitor: Visitor
    client: Client
    role: str

    @property
    def application(self) -> Row:
        """Return the row of the client."""
        return self.client.application

    @property
    def metadata(self) -> Metadata:
        """Return what is registered of it."""
        return Metadata.of(self.client)

    @property
    def kind(self) -> Kind | None:
        """Return what it is; None where it fits no kind."""
        return self.metadata.guess_kind()

    @property
    def is_owner(self) -> bool:
        """May they change the team, and delete the client?"""
        return self.role == Role.OWNER

    @property
    def may_change(self) -> bool:
        """May they change the client? Nobody does while it is suspended: it may be approved again as it is."""
        return self.role in (Role.OWNER, Role.DEVELOPER) and not self.client.policy.is_suspended


class NotAllowed(Exception):
    """Nothing was changed. ``title`` and ``text`` say why."""

    def __init__(self, title: str | Promise, text: str | Promise) -> None:
        super().__init__(str(title))
        self.title, self.text = title, text


View = Callable[..., HttpResponse]


def for_developers(view: View) -> View:
    """A page for whoever is signed in, where the portal is open; its second argument is the ``Visitor``."""

    @csrf_protected(show_again)
    @for_people
    @functools.wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        policy = door_policy(Door.PORTAL)
        if not policy.is_open:
            return message(request, CLOSED, ASK, status=404)
        user = active_session_user(request)
        if user is None:
            return redirect_to(login_url(request.path))
        by = By(Door.PORTAL, user, provider_settings.CLIENT_ADDRESS(request))
        return view(request, Visitor(user, by, policy), **kwargs)

    return page


def for_members(view: View) -> View:
    """A page about one client, for its team; its second argument is the ``Seat``. For all others there is no such."""

    @functools.wraps(view)
    def page(request: HttpRequest, visitor: Visitor, client_id: str) -> HttpResponse:
        seat = _seat(visitor, client_id)
        if seat is None:
            return message(request, ABSENT, NOT_YOURS, status=404)
        try:
            return view(request, seat)
        except NotAllowed as error:
            return message(request, error.title, error.text, status=403)

    return for_developers(page)


def check_may_change(seat: Seat) -> None:
    """Raise ``NotAllowed`` for a viewer, for who may not register any more, and where the client is suspended."""
    if seat.role == Role.VIEWER:
        raise NotAllowed(ROLE_TOO_SMALL, ASK_OWNER)
    _check_open(seat)


def check_is_owner(seat: Seat) -> None:
    """Raise ``NotAllowed`` for anybody but an owner, for who may not register any more, and where it is suspended."""
    if not seat.is_owner:
        raise NotAllowed(ROLE_TOO_SMALL, ASK_OWNER)
    _check_open(seat)


def _check_open(seat: Seat) -> None:
    if seat.client.policy.is_suspended:
        raise NotAllowed(SUSPENDED, ASK_OPERATOR)
    if not seat.visitor.may_register:
        raise NotAllowed(ROLE_TOO_SMALL, ASK_OPERATOR)


def show_with_script(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return a page of the portal, whose copy buttons come from a script of ours beside the stylesheet."""
    response = show(request, f"applications/{template}", context, status=status)
    response["Content-Security-Policy"] = content_security_policy(scripts=True)
    return response


def message(request: HttpRequest, title: str | Promise, text: str | Promise, *, status: int) -> HttpResponse:
    """Return a page that says one thing."""
    return show(request, "applications/message.html", {"title": title, "text": text}, status=status)


def _seat(visitor: Visitor, client_id: str) -> Seat | None:
    if not is_client_id(client_id):
        return None
    mine = ClientMember.objects.filter(user=visitor.user, application__client_id=client_id)
    member = mine.select_related("application__oauth_policy").first()
    return None if member is None else Seat(visitor, as_client(member.application), member.role)
