"""https URLs that a client names for this server to fetch (RFC 7591 §2 and §5): which may be registered."""

from urllib.parse import urlsplit

MAX_LENGTH = 1024


def is_fetchable(url: str) -> bool:
    """Is it https, of a host, and nothing else in disguise? Where the host leads is found out when it is fetched."""
    if len(url) > MAX_LENGTH or not url.isascii() or not url.isprintable() or set(' \\"<>#') & set(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
