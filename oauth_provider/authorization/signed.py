"""Signed requests (RFC 9101): what the client signed counts, and nothing that stands beside it."""

import time
from dataclasses import replace

from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.pushed import opened
from oauth_provider.authorization.request import PARAMETERS, AuthorizationRequest, Pairs, Source, from_pairs
from oauth_provider.authorization.rules import check_identifiers_single, find_client
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.clients.keys.verification import keys_for
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidRequestObject
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.request_object import pairs_of, verify_request_object
from oauth_provider.tokens.issuer import Issuer


def resolved(ticket: Ticket, issuer: Issuer) -> Ticket:
    """``ticket`` with the request itself in place of a name or a signed object.

    Raises ``InvalidRequestUri``, and ``InvalidRequestObject`` for what is no request that the client signed.
    """
    ticket = opened(ticket)
    return ticket if not ticket.request.request else _unwrapped(ticket, issuer)


@sensitive_variables()
def signed_pairs(
    request: AuthorizationRequest, client: Client, issuer: Issuer, *, allow_expired: bool = False
) -> Pairs:
    """The parameters in the request object of ``request``. Raises ``InvalidRequestObject``."""
    if request.repeated or request.request_uri:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_CONTRADICTED)
    claims = verify_request_object(
        request.request,
        keys_for(client, request.request),
        client_id=client.client_id,
        issuer=issuer.name,
        now=time.time(),
        algorithms=(alg,) if (alg := client.policy.request_object_signing_alg) else tuple(ALGORITHMS),
        allow_expired=allow_expired,
    )
    pairs = [pair for pair in pairs_of(claims, PARAMETERS) if pair[0] != "client_id"]
    return [("client_id", client.client_id), *pairs]


def pushed_object(request: AuthorizationRequest, client: Client, issuer: Issuer) -> AuthorizationRequest:
    """Return the request that ``client`` pushes: the one in its object, where it pushes one (RFC 9126 §3)."""
    if not request.request:
        return request
    return from_pairs(signed_pairs(request, client, issuer), source=Source.PUSH, signed=True)


def _unwrapped(ticket: Ticket, issuer: Issuer) -> Ticket:
    named = ticket.request
    check_identifiers_single(named)
    client = find_client(named)
    pairs = signed_pairs(named, client, issuer, allow_expired=ticket.opened)
    name = (("client_id", named.client_id), ("request", named.request))
    return replace(ticket, request=from_pairs(pairs, source=Source.SIGNED, name=name, signed=True), opened=True)
