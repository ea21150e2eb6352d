"""URLs that a client registers (RFC 7591 §2 and §5): for this server to fetch, and for people to be led to."""

from urllib.parse import urlsplit

MAX_LENGTH = 1024


def is_fetchable(url: str) -> bool:
    """Is it an https URL with a host and without user name or fragment? ``fetch`` checks where the host leads."""
    return "#" not in url and is_page(url)


def is_page(url: str) -> bool:
    """Is it an https URL with a host and without a user name, which would make one host look like another?"""
    if len(url) > MAX_LENGTH or not url.isascii() or not url.isprintable() or set(' \\"<>') & set(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def host_of(url: str) -> str:
    """Return the host of such a URL; "" for anything else."""
    return (urlsplit(url).hostname or "") if is_page(url) else ""
