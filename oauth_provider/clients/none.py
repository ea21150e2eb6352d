"""``none`` (RFC 6749 §3.2.1): a public client names itself and proves nothing.

In the body, or by HTTP Basic with an empty password (see ``client_secret_basic``).
"""

from collections.abc import Mapping

from oauth_provider.clients.credentials import Credentials
from oauth_provider.protocol.bearer import BEARER, scheme_of

METHOD = "none"


def credentials(form: Mapping[str, str], authorization: str) -> Credentials | None:
    """The ``client_id`` in the body, if no secret stands beside it. A bearer token there proves no client."""
    if "client_id" not in form or "client_secret" in form:
        return None
    if authorization and scheme_of(authorization, (BEARER,)) is None:
        return None
    return Credentials(METHOD, form["client_id"], "")
