"""The pushed authorization request endpoint (RFC 9126 §2): a client sends its request past the browser."""

from oauth_provider.authorization.pushed import push, pushed_request
from oauth_provider.authorization.signed import pushed_object
from oauth_provider.clients.authentication.authenticate import recall
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.client_endpoint import Answer, Call, client_endpoint
from oauth_provider.tokens.issuer import issuer_of


def answer(call: Call) -> Answer:
    """The name under which the browser finds it, once it was found to break no rule."""
    request = pushed_object(pushed_request(call.client, call.form), call.client, issuer_of(call.http))
    request_uri = push(call.client, request, provider_settings.CLIENT_ADDRESS(call.http), call.guard)
    expires_in = provider_settings.PUSHED_REQUEST_LIFETIME
    return Answer({"request_uri": request_uri, "expires_in": expires_in}, status=201)


pushed_authorization_request = client_endpoint(answer, recall=recall)
