"""Subject identifiers (OpenID Connect Core §8): one for all clients, or another for each sector; ``sid`` likewise.

A pairwise identifier does not say who it is, and two sectors that compare theirs learn nothing (§8.1).
"""

import hashlib
import hmac
from collections.abc import Collection
from urllib.parse import urlsplit

from oauth_provider.protocol.jose import encode

PUBLIC, PAIRWISE = "public", "pairwise"
TYPES = (PUBLIC, PAIRWISE)


def sector_of(redirect_uris: Collection[str], sector_identifier_uri: str) -> str:
    """Return the host that stands for the client (§8.1), or "" where there is none and so no pairwise subject.

    Without a sector identifier it is the one host of all https redirect URIs.
    """
    if sector_identifier_uri:
        return _host(sector_identifier_uri)
    hosts = {_host(redirect_uri) for redirect_uri in redirect_uris}
    return hosts.pop() if len(hosts) == 1 else ""


def pairwise_subject(subject: str, sector: str, secret: str) -> str:
    """Return the identifier of ``subject`` in ``sector``. Without ``secret`` nobody can tell whose it is."""
    return _keyed(f"oauth_provider.pairwise\n{sector}\n{subject}", secret)


def pairwise_sid(sid: str, sector: str, secret: str) -> str:
    """Return the identifier of a session in ``sector``.

    One ``sid`` for all sectors would tell them which of their subjects are the same person.
    """
    return _keyed(f"oauth_provider.pairwise_sid\n{sector}\n{sid}", secret)


def _keyed(message: str, secret: str) -> str:
    key = secret.encode("utf-8", "surrogatepass")
    return encode(hmac.new(key, message.encode("utf-8", "surrogatepass"), hashlib.sha256).digest())


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme == "https" else ""
