"""Tickets: a request on its way through a login page, signed and dated, so that nothing need be stored for it.

A ticket also says what is still due, where nobody can strike it out (OpenID Connect Core §3.1.2.1): a sign-in
after ``since``, which a sign-in that was there before is not.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing

from oauth_provider.authorization.request import AuthorizationRequest, from_pairs
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason

SALT = "oauth_provider.authorization.request"


@dataclass(frozen=True, slots=True)
class Ticket:
    """``request``, and how far it has come.

    ``since``: when a sign-in was last asked for. ``tries``: how often. ``chosen``: the session and account with
    which the person chose to go on. ``stepped_up``: whether they were sent to a further factor. ``opened``: whether
    a request that may only be opened in time was. ``kept``: the handle of the row in which the request waits.
    """

    request: AuthorizationRequest
    since: float | None = None
    tries: int = 0
    chosen: str = ""
    stepped_up: bool = False
    opened: bool = False
    kept: str = ""

    def to_login(self) -> "Ticket":
        """This ticket after a login was asked for, now."""
        return replace(self, since=time.time(), tries=self.tries + 1)


class TicketExpired(InvalidRequest):
    """A ticket of ours that is too old. Its request can still be begun anew, or told to its client."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(Reason.REQUEST_EXPIRED, detail="expired ticket")
        self.ticket = ticket


def to_text(ticket: Ticket) -> str:
    """The ticket, signed and dated, for a URL."""
    said = ticket.request.name or ticket.request.pairs
    facts = [said, ticket.since, ticket.tries, ticket.chosen, ticket.stepped_up, ticket.opened]
    if ticket.kept:
        facts = [(), *facts[1:], ticket.kept]
    return signing.dumps(facts, salt=SALT, compress=True)


def from_text(text: str) -> Ticket:
    """A ticket of ours. Raises ``TicketExpired`` if it is old, and ``InvalidRequest`` if it is not of our making."""
    try:
        facts = signing.loads(text, salt=SALT, max_age=provider_settings.LOGIN_LIFETIME)
    except signing.SignatureExpired:
        raise TicketExpired(_ticket(signing.loads(text, salt=SALT))) from None
    except (signing.BadSignature, ValueError):
        raise InvalidRequest(Reason.REQUEST_NOT_OURS) from None
    return _ticket(facts)


def _ticket(facts: list[Any]) -> Ticket:
    try:
        pairs, since, tries, chosen, stepped_up, opened, *kept = facts
        request = from_pairs([(name, value) for name, value in pairs])
        return Ticket(request, since, tries, chosen, stepped_up, opened, *kept)
    except (TypeError, ValueError):
        raise InvalidRequest(Reason.REQUEST_NOT_OURS) from None
