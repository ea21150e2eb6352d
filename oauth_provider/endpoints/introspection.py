"""The introspection endpoint (RFC 7662 §2): what a token says, to those who may ask."""

from oauth_provider.clients.authentication.authenticate import authenticate, recall
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.lookup import FoundClient, find_client
from oauth_provider.endpoints.client_endpoint import Answer, Call, client_endpoint
from oauth_provider.models.client import Client
from oauth_provider.protocol.bearer import token_from_header
from oauth_provider.protocol.errors import InvalidRequest, InvalidToken
from oauth_provider.protocol.reason import Reason
from oauth_provider.tokens.introspect import INACTIVE, introspect
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.verifier import describe, find_good

SCOPE = "introspection"
CREDENTIALS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def answer(call: Call) -> Answer:
    """One who may not ask learns that the token is not active, as of any token that is not (RFC 7662 §2.2)."""
    token = call.form.required("token")
    if not may_introspect(call.client):
        return Answer(INACTIVE)
    return Answer(introspect(token, issuer_of(call.http), call.client, call.guard))


def may_introspect(client: Client) -> bool:
    """RFC 7662 §2.1: the caller must be authorized, which one without a secret cannot be."""
    return client.policy.may_introspect and not client.is_public


def caller(request: ClientRequest) -> Client:
    """RFC 7662 §2.1: a client by its credentials or, as DOT has it, by a token with the scope ``introspection``."""
    presented = token_from_header(request.authorization)
    if presented is None:
        return authenticate(request)
    if not CREDENTIALS.isdisjoint(request.form):
        raise InvalidRequest(Reason.CLIENT_AUTHENTICATION_REPEATED)
    token = describe(find_good(presented))
    is_for_this = SCOPE in token.scopes and token.cnf is None and not token.resources
    client = find_client(token.client_id) if is_for_this else None
    if client is None:
        raise InvalidToken(Reason.TOKEN_NOT_FOR_INTROSPECTION)
    if request.form.get("client_id", client.client_id) != client.client_id:
        raise InvalidRequest(Reason.CLIENT_ID_DIFFERS_FROM_TOKEN)
    return client


def recalled(request: ClientRequest) -> FoundClient | None:
    """Only who comes by credentials is recalled by them."""
    return recall(request) if token_from_header(request.authorization) is None else None


introspection = client_endpoint(answer, caller=caller, recall=recalled)
