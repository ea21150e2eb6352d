"""The pushed authorization request endpoint (RFC 9126 §2): a client sends its request past the browser."""

from oauth_provider.authorization.pushed import push, pushed_request
from oauth_provider.authorization.signed import pushed_object
from oauth_provider.clients.authentication.authenticate import recall
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.client_endpoint import Answer, Call, client_endpoint
from oauth_provider.sql.commit import GuardFailed
from oauth_provider.tokens.issuer import issuer_of


def answer(call: Call) -> Answer:
    """Return the name under which the browser finds the request, once it was found to break no rule."""
    sent = pushed_request(call.client, call.form)
    if sent.request and call.guard is not None:
        raise GuardFailed  # the keys of its object may be fetched, and not from where a client had them before
    request = pushed_object(sent, call.client, issuer_of(call.http))
    request_uri = push(call.client, request, provider_settings.CLIENT_ADDRESS(call.http), call.guard)
    expires_in = provider_settings.PUSHED_REQUEST_LIFETIME
    return Answer({"request_uri": request_uri, "expires_in": expires_in}, status=201)


pushed_authorization_request = client_endpoint(answer, recall=recall)
