"""Redirect URIs (RFC 9700 §4.1.3, RFC 8252 §7.3): compared as strings; only a loopback port may differ."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?][^#]*)?")

# What a browser would run, show or open by itself instead of handing it to an application.
FORBIDDEN_SCHEMES = frozenset(
    {"about", "blob", "chrome", "data", "file", "filesystem", "ftp", "javascript", "mailto", "vbscript",
     "view-source", "ws", "wss"}
)  # fmt: skip


def is_loopback(redirect_uri: str) -> bool:
    """Is this an http redirect to a loopback IP literal? (``localhost`` is not: RFC 8252 §8.3.)"""
    return LOOPBACK.fullmatch(redirect_uri) is not None


def is_plain_http(redirect_uri: str) -> bool:
    """Would the answer cross a network that anyone may read (RFC 9700 §2.6)? Not where it stays on this machine."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and not (is_loopback(redirect_uri) or parts.hostname == "localhost")


def is_https(redirect_uri: str) -> bool:
    """Does the name in this redirect URI prove who receives the code?"""
    return redirect_uri.startswith("https://")


def matches(presented: str, registered: str) -> bool:
    """Is the presented redirect URI the registered one?

    Equal strings, or two loopback redirects that differ in the port alone.
    """
    if not is_usable(presented):
        return False
    if presented == registered:
        return True
    ours, theirs = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(presented)
    if ours is None or theirs is None:
        return False
    port = theirs["port"]
    if port is not None and not 0 < int(port) < 65536:
        return False
    return (ours["host"], ours["rest"]) == (theirs["host"], theirs["rest"])


def matches_any(presented: str, registered: Iterable[str]) -> bool:
    """Is the presented redirect URI one of those registered?"""
    return any(matches(presented, uri) for uri in registered)


def is_usable(redirect_uri: str) -> bool:
    """May an answer be sent there at all: absolute, printable, no fragment, no scheme that runs code?"""
    if not redirect_uri.isascii() or not redirect_uri.isprintable() or set(' #\\"<>') & set(redirect_uri):
        return False
    try:
        parts = urlsplit(redirect_uri)
        _ = parts.port
    except ValueError:
        return False
    if not parts.scheme or parts.scheme in FORBIDDEN_SCHEMES:
        return False
    return parts.scheme not in ("http", "https") or bool(parts.hostname and "@" not in parts.netloc)


def destination(redirect_uri: str) -> str:
    """Where an answer goes, in words a person can check: the host, or the scheme of an app's own link.

    Whatever stands behind such a scheme is the app's own invention, however much it looks like a host.
    """
    parts = urlsplit(redirect_uri)
    return (parts.hostname or "") if parts.scheme in ("http", "https") else f"{parts.scheme}:"
