"""URLs that a client registers for this server to fetch (RFC 7591 §2 and §5)."""

from urllib.parse import urlsplit

MAX_LENGTH = 1024


def is_fetchable(url: str) -> bool:
    """Is it an https URL with a host and without user name or fragment? ``fetch`` checks where the host leads."""
    if len(url) > MAX_LENGTH or not url.isascii() or not url.isprintable() or set(' \\"<>#') & set(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
