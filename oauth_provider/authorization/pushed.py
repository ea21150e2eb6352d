"""Pushed authorization requests (RFC 9126): sent by the client itself, named by a browser, spent when answered."""

import re
from dataclasses import replace

from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.request import MAX_LENGTH, AuthorizationRequest, Source, from_pairs
from oauth_provider.authorization.rules import check, establish
from oauth_provider.authorization.stored_request import from_stored, to_stored
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.models import PendingRequest
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidRequest, InvalidRequestUri, RequestTooLarge
from oauth_provider.protocol.form import REPEATABLE, Form
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.guard import Guard

PREFIX = "urn:ietf:params:oauth:request_uri:"
HANDLE = re.compile(r"[0-9A-Za-z]{43}")


class PushedTooLate(InvalidRequestUri):
    """A pushed request that was opened too late. It is known where its answer would have gone."""

    def __init__(self, request: AuthorizationRequest) -> None:
        super().__init__(Reason.REQUEST_EXPIRED, detail="expired request_uri")
        self.request = request


def pushed_request(client: Client, form: Form) -> AuthorizationRequest:
    """The request in ``form``, which ``client`` sent itself."""
    said = {**form.parameters, "client_id": client.client_id}
    pairs = [(name, value) for name, value in said.items() if name != REPEATABLE]
    pairs += [(REPEATABLE, resource) for resource in form.resources]
    return from_pairs(pairs, source=Source.PUSH)


@sensitive_variables()
def push(client: Client, request: AuthorizationRequest, address: str, guard: Guard | None = None) -> str:
    """The ``request_uri`` of what ``client`` pushed from ``address``. Raises the error of the first rule it breaks,
    and ``GuardFailed`` where the client is not what was remembered.

    Everybody knows the ``client_id`` of a public client, so what comes under it is bounded as a stranger's is: to the
    length that a browser could send (RFC 9126 §2.3, 413), and in number for each address.
    """
    stored = to_stored(request)
    if client.is_public and sum(len(name) + len(value) for name, value in stored.pairs) > MAX_LENGTH:
        raise RequestTooLarge(Reason.REQUEST_TOO_LONG_FOR_PUBLIC_CLIENT)
    check(request, establish(request, client).client)
    return PREFIX + PendingRequest.objects.push(
        client=client,
        request=stored,
        address=(address or "unknown") if client.is_public else "",
        guard=guard,
    )


@sensitive_variables()
def opened(ticket: Ticket) -> Ticket:
    """``ticket`` with the pushed request in place of its name; nothing that stands beside the name counts.

    It may be opened until it expires, and go on from there. Raises ``InvalidRequestUri``, for the person.
    """
    named = ticket.request
    if not named.request_uri.startswith(PREFIX):
        return ticket
    if named.repeated or named.request:
        raise InvalidRequest(Reason.REQUEST_URI_CONTRADICTED)
    handle = named.request_uri.removeprefix(PREFIX)
    row = PendingRequest.objects.pushed(handle) if HANDLE.fullmatch(handle) else None
    if row is None or row.client_id != named.client_id:
        raise InvalidRequestUri(Reason.REQUEST_UNKNOWN, detail="unknown or foreign request_uri")
    if row.decided_at is not None:
        raise InvalidRequestUri(Reason.REQUEST_ANSWERED, detail="spent request_uri")
    name = (("client_id", named.client_id), ("request_uri", named.request_uri))
    request = from_stored(replace(row.request, source=Source.PUSHED.value, pushed=row.pk), name=name)
    if not (row.may_be_opened or ticket.opened):
        raise PushedTooLate(request)
    return replace(ticket, request=request, opened=True)
