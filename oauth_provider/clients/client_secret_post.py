"""``client_secret_post`` (RFC 6749 §2.3.1): identifier and secret in the body."""

from collections.abc import Mapping

from oauth_provider.clients.credentials import Credentials
from oauth_provider.protocol.errors import InvalidClient
from oauth_provider.protocol.reason import Reason

METHOD = "client_secret_post"


def credentials(form: Mapping[str, str], authorization: str) -> Credentials | None:
    """What the body says, or None if it holds no secret. Raises ``InvalidClient``."""
    if "client_secret" not in form:
        return None
    if "client_id" not in form:
        raise InvalidClient(Reason.CLIENT_ID_MISSING_BESIDE_SECRET)
    return Credentials(METHOD, form["client_id"], form["client_secret"])
