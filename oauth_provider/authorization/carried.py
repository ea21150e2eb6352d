"""A request on its way through other pages (RFC 6749 §3.1): in their URLs while it is short, else waiting as a row."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.request import AuthorizationRequest, Source
from oauth_provider.authorization.rules import establish
from oauth_provider.authorization.sign_in import BINDING, binding_of
from oauth_provider.authorization.stored_request import from_stored, to_stored
from oauth_provider.authorization.ticket import Ticket, to_text
from oauth_provider.conf import provider_settings
from oauth_provider.models import PendingRequest
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.users.session_user import session_user


class OtherSession(InvalidRequest):
    """A request that was gone on with in another session, by somebody who is not signed in here."""


TICKET = "ticket"
AUTHORIZE = "oauth_provider:authorize"
# Django's login pages drop a `next` of more than 2,048 characters, and what quotes it once more makes it longer.
MAX_LENGTH = 1_500


@sensitive_variables()
def resume_url(http: HttpRequest, ticket: Ticket, page: str = AUTHORIZE) -> str:
    """Return the path at which a request goes on, short enough to be somebody's ``next``.

    Raises ``TemporarilyUnavailable`` where too many requests wait already.
    """
    return _url(ticket if rides(ticket) else keep(http, ticket), page)


def rides(ticket: Ticket) -> bool:
    """Can ``ticket`` go through a login page as it is?"""
    return bool(ticket.kept) or (_says_itself(ticket.request) and len(_url(ticket, AUTHORIZE)) <= MAX_LENGTH)


@sensitive_variables()
def keep(http: HttpRequest, ticket: Ticket) -> Ticket:
    """``ticket`` with the handle of a row in place of its request. Raises ``TemporarilyUnavailable``."""
    if ticket.kept:
        return ticket
    handle = PendingRequest.objects.keep(
        client=establish(ticket.request).client,
        request=to_stored(ticket.request),
        address=provider_settings.CLIENT_ADDRESS(http) or "unknown",
    )
    return replace(ticket, kept=handle)


@sensitive_variables()
def taken_up(http: HttpRequest, ticket: Ticket) -> Ticket:
    """``ticket`` with the request that was kept for it. Raises ``InvalidRequest`` where it is gone, or another's."""
    if not ticket.kept:
        return ticket
    row = PendingRequest.objects.kept(ticket.kept)
    if row is None:
        raise InvalidRequest(Reason.REQUEST_EXPIRED, detail="unknown kept request")
    request = from_stored(row.request)
    if not row.session_digest:
        return replace(ticket, request=request)
    user = session_user(http)
    if user is not None and row.belongs_to(user, http.session.get(BINDING, "")):
        # Should it have to wait for another login, it is kept once more: that one is in no session yet.
        return replace(ticket, request=request, kept="")
    if row.user_id is None or user is None or row.user_id != user.pk:
        raise OtherSession(Reason.REQUEST_OF_OTHER_SESSION, detail="kept request of another session")
    return Ticket(request)  # the same person in a new session: from its first rule


@sensitive_variables()
def bind(http: HttpRequest, ticket: Ticket) -> None:
    """Let nobody else go on with the request that was kept for ``ticket``, now that somebody is signed in."""
    if ticket.kept:
        PendingRequest.objects.bind(ticket.kept, user=session_user(http), session=binding_of(http))


def _says_itself(request: AuthorizationRequest) -> bool:
    """Would a ticket alone lead back to this request? It says neither that one was pushed nor that one was signed."""
    return bool(request.name) or request.source is Source.BROWSER


def _url(ticket: Ticket, page: str) -> str:
    return f"{reverse(page)}?{urlencode({TICKET: to_text(ticket)})}"
