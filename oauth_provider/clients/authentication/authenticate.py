"""Client authentication (RFC 6749 §2.3): exactly one method in a request, and the client it proves.

``sensitive_variables`` stands at the two ways in, and hides what all functions below them hold as well, but for what is
called by a generator, which has no caller any more once it has ended.
"""

from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.authentication import none
from oauth_provider.clients.authentication.attempt import NOBODY, Attempt
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.authentication.table import methods
from oauth_provider.clients.lookup import FoundClient, find_with_secret, recall_with_secret
from oauth_provider.events.emit import emit
from oauth_provider.events.event import ClientAuthenticationFailed
from oauth_provider.events.refusal import naming_client
from oauth_provider.models.client import Client
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.protocol.errors import InvalidClient, InvalidRequest, OAuthError
from oauth_provider.protocol.reason import Reason


@sensitive_variables()
def authenticate(request: ClientRequest) -> Client:
    """Return the client that a request comes from.

    Raises ``InvalidRequest`` for two methods at once, ``InvalidClient`` for a failure (the same for a client
    that does not exist as for a wrong secret), ``TemporarilyUnavailable`` after too many.
    """
    credentials = presented(request)
    try:
        return _authenticated(credentials, request)
    except InvalidClient:
        emit(ClientAuthenticationFailed(credentials.client_id, request.address, credentials.method))
        raise


@sensitive_variables()
def recall(request: ClientRequest) -> FoundClient | None:
    """Return the client as this process remembers it, with the guard that has to prove it; None where it must be read.

    It refuses nobody, and counts nothing.
    """
    try:
        credentials = presented(request)
    except OAuthError:
        return None
    found = recall_with_secret(credentials.client_id, credentials.secret)
    if found is None or not found.client.allows_authentication_method(credentials.method) or found.client.is_barred:
        return None
    if credentials.method == none.METHOD:
        return found
    return found if found.secret is not None and not found.secret.is_due_for_last_used else None


def presented(request: ClientRequest) -> Credentials:
    """Return the one set of credentials in a request. Raises ``InvalidRequest`` and ``InvalidClient``."""
    form = request.form
    shown = [method.credentials(request) for method in methods().values() if method is not none]
    found = [credentials for credentials in shown if credentials is not None]
    if not found and (named := none.credentials(request)) is not None:
        found = [named]  # it only names itself, as others may beside their proof
    if len(found) > 1:
        raise InvalidRequest(Reason.CLIENT_AUTHENTICATION_REPEATED)
    is_asserted = "client_assertion" in form or "client_assertion_type" in form
    if is_asserted and form.get("client_assertion") not in [credentials.proof for credentials in found]:
        raise InvalidClient(Reason.CLIENT_ASSERTION_NOT_SUPPORTED)
    if not found:
        raise InvalidClient(Reason.CLIENT_AUTHENTICATION_MISSING)
    if form.get("client_id", found[0].client_id) != found[0].client_id:
        raise InvalidClient(Reason.CLIENT_ID_DIFFERS)
    return found[0]


def _authenticated(credentials: Credentials, request: ClientRequest) -> Client:
    """Find the client, and have it proven; what does not end well has been counted."""
    found = find_with_secret(credentials.client_id, credentials.secret)
    attempt = Attempt(NOBODY if found is None else credentials.client_id, request.address)
    try:
        client = _proven(credentials, found, request, attempt)
    except InvalidClient:
        attempt.count()
        raise
    attempt.succeed()
    if found is not None and found.secret is not None and found.secret.is_due_for_last_used:
        ClientSecret.objects.mark_used(found.secret.pk)
    return client


def _proven(credentials: Credentials, found: FoundClient | None, request: ClientRequest, attempt: Attempt) -> Client:
    if found is None:
        # No more of it: somebody may have confused it with the secret.
        raise InvalidClient(Reason.CLIENT_UNKNOWN, detail=f"client_id begins with {credentials.client_id[:6]!r}")
    with naming_client(found.client.client_id):
        if not found.client.allows_authentication_method(credentials.method):
            raise InvalidClient(Reason.CLIENT_METHOD_NOT_ALLOWED, detail=f"{credentials.method} is not its method")
        methods()[credentials.method].verify(credentials, found, request, attempt)
        if found.client.is_barred:
            raise InvalidClient(Reason.CLIENT_SUSPENDED)
    return found.client
