"""The token endpoint (RFC 6749 §3.2): authenticate the client, find the grant, exchange, answer."""

from functools import partial

from oauth_provider.clients.authentication.authenticate import recall
from oauth_provider.endpoints.client_endpoint import Answer, Call, client_endpoint
from oauth_provider.events.actor import client_behind
from oauth_provider.grants.exchange import exchange
from oauth_provider.grants.request import TokenRequest
from oauth_provider.tokens.issuer import issuer_of


def answer(call: Call) -> Answer:
    """Every grant there is, by its ``grant_type``."""
    by = partial(client_behind, call.http)
    request = TokenRequest(call.client, call.form, issuer_of(call.http), call.guard, call.find_key(), by)
    return Answer(exchange(request).answer())


token = client_endpoint(answer, recall=recall)
