"""``none`` (RFC 6749 §3.2.1): a public client names itself and proves nothing.

In the body, or by HTTP Basic with an empty password (see ``client_secret_basic``).
"""

from oauth_provider.clients.authentication.attempt import Attempt
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.lookup import FoundClient
from oauth_provider.protocol.bearer import BEARER, scheme_of
from oauth_provider.protocol.registration import NO_AUTHENTICATION

METHOD = NO_AUTHENTICATION


def credentials(request: ClientRequest) -> Credentials | None:
    """Return the ``client_id`` in the body, if no secret stands beside it. A bearer token there proves no client."""
    if "client_id" not in request.form or "client_secret" in request.form:
        return None
    if request.authorization and scheme_of(request.authorization, (BEARER,)) is None:
        return None
    return Credentials(METHOD, request.form["client_id"])


def verify(credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
    """Nothing is proven: only to a public client does its policy allow this method."""
