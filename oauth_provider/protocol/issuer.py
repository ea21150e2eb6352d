"""Issuer identifiers (RFC 8414 §2 and §3.1, RFC 9207 §2): an https URL without query or fragment."""

from urllib.parse import SplitResult, urlsplit, urlunsplit


def is_issuer(value: str, *, allow_http: bool = False) -> bool:
    """Is ``value`` an issuer identifier? ``allow_http`` is for development."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if allow_http else ("https",)
    plain = not parts.query and not parts.fragment and "?" not in value and "#" not in value
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and plain


def issuer_path(issuer: str) -> str:
    """Return the path of an issuer without slashes at its ends: ``tenant1`` for ``https://example.com/tenant1/``."""
    return _split(issuer).path.strip("/")


def well_known_url(issuer: str, name: str) -> str:
    """Return the URL of the metadata of ``issuer``: ``/.well-known/name`` between host and path (RFC 8414 §3.1)."""
    parts = _split(issuer)
    path = f"/.well-known/{name}" + (f"/{issuer_path(issuer)}" if issuer_path(issuer) else "")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _split(issuer: str) -> SplitResult:
    """Split a URL into its parts; all are empty where the text is not a URL."""
    try:
        return urlsplit(issuer)
    except ValueError:
        return SplitResult("", "", "", "", "")
