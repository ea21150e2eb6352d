"""The token endpoint (RFC 6749 §3.2): authenticate the client, find the grant, exchange, answer."""

from functools import partial

from oauth_provider.clients.authentication.authenticate import recall
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.client_endpoint import Answer, Call, client_endpoint
from oauth_provider.grants.exchange import exchange
from oauth_provider.grants.request import TokenRequest


def answer(call: Call) -> Answer:
    """Every grant there is, by its ``grant_type``."""
    issuer = partial(provider_settings.issuer_of, call.http)
    return Answer(exchange(TokenRequest(call.client, call.form, issuer, call.guard)).answer())


token = client_endpoint(answer, recall=recall)
