"""``client_secret_post`` (RFC 6749 §2.3.1): identifier and secret in the body."""

from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.authentication.secret import verify
from oauth_provider.protocol.errors import InvalidClient

__all__ = ["METHOD", "credentials", "verify"]

METHOD = "client_secret_post"


def credentials(request: ClientRequest) -> Credentials | None:
    """Return what the body says, None if it holds no secret. Raises ``InvalidClient``."""
    if "client_secret" not in request.form:
        return None
    if "client_id" not in request.form:
        raise InvalidClient("client_id is missing beside client_secret.")
    return Credentials(METHOD, request.form["client_id"], request.form["client_secret"])
