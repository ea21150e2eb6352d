"""An app of the portal as its pages show it: the head that all of them share, and the ways between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.authorization.asker import Asker, asker_of
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.models import ClientMember, ClientPolicy
from oauth_provider.models.client import Client
from oauth_provider.pages.applications.door import Seat

Status = ClientPolicy.Status
PAGES = {
    "app": _("Overview"),
    "app_code": _("Code"),
    "app_settings": _("Settings"),
    "app_scopes": _("Scopes"),
    "app_team": _("Team"),
    "app_failures": _("Failures"),
}
# What each status means for whoever develops it.
STATUSES: dict[str, str | Promise] = {
    Status.DRAFT: _("In test mode: it works for the members of its team alone."),
    Status.PENDING: _("It waits for an operator. Until then it works for the members of its team alone."),
    Status.UNAPPROVED: _("It works for everybody. People are told that nobody here has checked it."),
    Status.APPROVED: _("It works for everybody."),
    Status.SUSPENDED: _("An operator has suspended it: it works for nobody."),
}
# What was done, as the page says it afterwards.
DONE = {
    "made": _("This app was made already, and its secret was shown once. If that got lost, rotate it here."),
    "saved": _("Saved."),
    "nothing": _("Nothing was changed."),
    "review": _("Saved. What was approved has changed, so it waits for an operator again."),
    "submitted": _("It waits for an operator now."),
    "withdrawn": _("It is a draft again."),
    "revoked": _("The secret is revoked."),
    "late": _("Nothing was made: another secret was made since that page was opened."),
    "proven": _("The publisher is verified."),
    "requested": _("Saved. An operator decides about the scopes that need a review."),
    "invited": _("Whoever is called so finds the invitation among their apps."),
    "team": _("The team is changed."),
    "joined": _("You are in the team now."),
    "declined": _("The invitation is gone."),
    "left": _("You left the team."),
    "deleted": _("The app is deleted."),
}


@dataclass(frozen=True, slots=True)
class App:
    """An app as its pages are headed: the client, and the visitor's role there."""

    client_id: str
    name: str
    asker: Asker
    kind: str | Promise
    status: str
    status_words: str | Promise
    role: str
    role_words: str | Promise

    @property
    def is_in_test_mode(self) -> bool:
        """Does it work for its team alone?"""
        return self.status in (Status.DRAFT, Status.PENDING)

    @property
    def is_suspended(self) -> bool:
        """Does it work for nobody?"""
        return self.status == Status.SUSPENDED

    @property
    def title(self) -> str:
        """Return the status in a word or two."""
        return str(Status(self.status).label)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page about the app."""

    url: str
    words: str | Promise
    is_here: bool


def app_of(client: Client, role: str) -> App:
    """Return how ``client`` is shown to a member with this ``role``. Asks the database nothing."""
    kind = Metadata.of(client).guess_kind()
    return App(
        client_id=client.client_id,
        name=str(client.application),
        asker=asker_of(client),
        kind=kind.words if kind is not None else "",
        status=client.policy.status,
        status_words=STATUSES.get(client.policy.status, ""),
        role=role,
        role_words=ClientMember.Role(role).label,
    )


def frame(request: HttpRequest, seat: Seat, here: str) -> dict[str, Any]:
    """Return the part of the context that all pages about a client share; ``here`` is the name of its URL."""
    return {
        "app": app_of(seat.client, seat.role),
        "tabs": list(_tabs(seat, here)),
        "may_change": seat.may_change,
        "is_owner": seat.is_owner,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "note": seat.client.policy.status_note,
        "apps_url": reverse("oauth_provider:apps"),
        "action": url_of(here, seat.client.client_id),
    }


def url_of(name: str, client_id: str, done: str = "") -> str:
    """Return the URL of a page about a client, which says what was ``done``."""
    url = reverse(f"oauth_provider:{name}", args=[client_id])
    return f"{url}?done={done}" if done else url


def _tabs(seat: Seat, here: str) -> Iterator[Tab]:
    for name, words in PAGES.items():
        if name == "app_scopes" and not seat.client.policy.grant_types:
            continue
        yield Tab(url_of(name, seat.client.client_id), words, name == here)
