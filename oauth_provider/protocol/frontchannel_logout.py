"""Front-channel logout (OpenID Connect Front-Channel Logout 1.0 §2): the URL that a logout page opens in a frame."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from oauth_provider.protocol.logout_token import is_logout_uri
from oauth_provider.protocol.response_mode import as_query

# What may stand in a policy without ending a directive or the list of its sources.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


def frame_url(uri: str, *, issuer: str, sid: str) -> str:
    """Return ``uri`` with ``iss`` and ``sid`` added to its query."""
    return as_query(uri, {"iss": issuer, "sid": sid})


def origin(uri: str) -> str:
    """Return scheme, host and port of ``uri`` as a Content-Security-Policy has them; "" for a URI without a host."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


def is_frame_uri(uri: str, redirect_uris: Iterable[str]) -> bool:
    """Does it have the scheme, host and port of one of the client's redirect URIs (§2)?"""
    if not is_logout_uri(uri) or not ORIGIN.fullmatch(origin(uri)):
        return False
    return origin(uri) in {origin(redirect_uri) for redirect_uri in redirect_uris}
