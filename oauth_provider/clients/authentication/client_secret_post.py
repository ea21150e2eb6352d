"""``client_secret_post`` (RFC 6749 §2.3.1): identifier and secret in the body."""

from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.authentication.secret import verify
from oauth_provider.protocol.errors import InvalidClient
from oauth_provider.protocol.reason import Reason

__all__ = ["METHOD", "credentials", "verify"]

METHOD = "client_secret_post"


def credentials(request: ClientRequest) -> Credentials | None:
    """Return what the body says, None if it holds no secret. Raises ``InvalidClient``."""
    if "client_secret" not in request.form:
        return None
    if "client_id" not in request.form:
        raise InvalidClient(Reason.CLIENT_ID_MISSING_BESIDE_SECRET)
    return Credentials(METHOD, request.form["client_id"], request.form["client_secret"])
