"""``client_secret_basic`` (RFC 6749 §2.3.1): identifier and secret, form-encoded, in HTTP Basic.

A secret may be left out where it is empty, so a header without one names a client and proves nothing: that is ``none``,
which only a public client may use (§3.2.1).
"""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from oauth_provider.clients.authentication import none
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.authentication.secret import verify
from oauth_provider.protocol.errors import InvalidClient
from oauth_provider.protocol.reason import Reason

__all__ = ["METHOD", "credentials", "verify"]

METHOD = "client_secret_basic"
SCHEME = re.compile(r"basic +", re.IGNORECASE)


def credentials(request: ClientRequest) -> Credentials | None:
    """Return what the Authorization header says, None if it is not Basic. Raises ``InvalidClient``."""
    match = SCHEME.match(request.authorization)
    if match is None:
        return None
    try:
        decoded = base64.b64decode(request.authorization[match.end() :].strip(), validate=True).decode()
        client_id, colon, secret = decoded.partition(":")
        parts = [unquote_to_bytes(part.replace("+", " ")).decode() for part in (client_id, secret)]
    except (binascii.Error, ValueError):
        raise InvalidClient(Reason.BASIC_MALFORMED) from None
    if not colon or not parts[0]:
        raise InvalidClient(Reason.BASIC_INCOMPLETE)
    return Credentials(METHOD if parts[1] else none.METHOD, parts[0], parts[1])
