"""``none`` (RFC 6749 §3.2.1): a public client names itself and proves nothing."""

from collections.abc import Mapping

from oauth_provider.clients.credentials import Credentials

METHOD = "none"


def credentials(form: Mapping[str, str], authorization: str) -> Credentials | None:
    """The ``client_id`` in the body, if it stands there alone."""
    if "client_id" not in form or "client_secret" in form or authorization:
        return None
    return Credentials(METHOD, form["client_id"], "")
