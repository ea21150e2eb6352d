"""Redirect URIs (RFC 9700 §2.1 and §4.1.3, RFC 8252 §7.3): compared as strings, except for a loopback port."""

import re
from collections.abc import Callable, Collection, Iterable
from enum import Enum, auto
from urllib.parse import SplitResult, urlsplit

from oauth_provider.protocol.host import has_invalid_port, is_authority

# What an authorization response adds must find room, too; Django and DOT have the same bound.
MAX_LENGTH = 2048

LOOPBACK = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?][^#]*)?")
LOCALHOST = re.compile(r"http://(?P<host>localhost)(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?][^#]*)?")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

# What a browser would run, show or open by itself instead of handing it to an application.
FORBIDDEN_SCHEMES = frozenset(
    {"about", "blob", "chrome", "chrome-untrusted", "content", "data", "devtools", "file", "filesystem", "ftp",
     "intent", "jar", "javascript", "mailto", "resource", "sms", "tel", "vbscript", "view-source", "ws", "wss"}
)  # fmt: skip
# Schemes without a dot of apps that many people have, which nobody can rename: editors that speak MCP, and extensions
# of Chromium, whose id stands in the place of the host.
KNOWN_APPS = frozenset({"chrome-extension", "cursor", "raycast", "vscode", "vscode-insiders", "windsurf"})


def is_loopback(redirect_uri: str) -> bool:
    """Is this an http redirect to a loopback IP literal? (``localhost`` is not: RFC 8252 §8.3.)"""
    return LOOPBACK.fullmatch(redirect_uri) is not None


def is_plain_http(redirect_uri: str) -> bool:
    """Would the answer cross a network in clear (RFC 9700 §2.6)? False where it stays on this machine."""
    parts = _split(redirect_uri)
    return parts.scheme == "http" and not (is_loopback(redirect_uri) or parts.hostname == "localhost")


def is_https(redirect_uri: str) -> bool:
    """Does the host name of this redirect URI prove who receives the code?"""
    return redirect_uri.startswith("https://")


def matches(presented: str, registered: str, *, any_port_of_localhost: bool = False) -> bool:
    """Is the presented redirect URI the registered one?

    True for equal strings, and for two loopback addresses that differ only in the port. A native app at
    ``localhost`` may also choose its port if it registered none (RFC 9700 §2.1); a port that it registered must
    match, unless ``any_port_of_localhost``.
    """
    if not is_usable(presented):
        return False
    if presented == registered:
        return True
    ours = LOOPBACK.fullmatch(registered) or LOCALHOST.fullmatch(registered)
    theirs = LOOPBACK.fullmatch(presented) or LOCALHOST.fullmatch(presented)
    if ours is None or theirs is None:
        return False
    if ours["host"] == "localhost" and ours["port"] is not None and not any_port_of_localhost:
        return False
    port = theirs["port"]
    if port is not None and not 0 < int(port) < 65536:
        return False
    return (ours["host"], ours["rest"]) == (theirs["host"], theirs["rest"])


def matches_any(presented: str, registered: Iterable[str], *, any_port_of_localhost: bool = False) -> bool:
    """Is the presented redirect URI one of those registered?"""
    return any(matches(presented, uri, any_port_of_localhost=any_port_of_localhost) for uri in registered)


def is_usable(redirect_uri: str) -> bool:
    """Can an answer be sent there: is it absolute and printable, without a fragment or a scheme that runs code?"""
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
    """Return where an answer goes, in words that a person can check: the host, or the scheme of an app's own link.

    The text after such a scheme is the app's own invention, even where it looks like a host.
    """
    parts = _split(redirect_uri)
    return (parts.hostname or "") if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def is_on_device(redirect_uri: str) -> bool:
    """Does an answer stay on the person's own device: at a loopback address, or in an app that has a scheme?"""
    parts = _split(redirect_uri)
    return parts.scheme not in ("http", "https") or (parts.hostname or "") in LOOPBACK_HOSTS


def front_page(redirect_uris: Iterable[str]) -> str:
    """Return the front page of the one site that all of these belong to; empty where there is no such site.

    An app's own scheme has none, nor has a loopback port, and which of several sites somebody came from is not known.
    """
    sites = {f"https://{_split(uri).netloc}/" if is_https(uri) else "" for uri in redirect_uris}
    return sites.pop() if len(sites) == 1 else ""


def _split(redirect_uri: str) -> SplitResult:
    """Split a URI into its parts; all are empty where the text is not a URI."""
    try:
        return urlsplit(redirect_uri)
    except ValueError:
        return SplitResult("", "", "", "", "")


class Fault(Enum):
    """Reason why a redirect URI may not be registered."""

    CHARACTERS = auto()
    FRAGMENT = auto()
    LENGTH = auto()
    MALFORMED = auto()
    PORT = auto()
    RELATIVE = auto()
    FORBIDDEN_SCHEME = auto()
    HOST = auto()
    USERINFO = auto()
    WILDCARD = auto()
    HOST_NAME = auto()
    PRIVATE_SCHEME = auto()
    CASE = auto()
    PLAIN_HTTP = auto()


def find_fault(redirect_uri: str, *, allow_http: bool = False, app_schemes: Collection[str] = ()) -> Fault | None:
    """Return the first reason not to register this redirect URI, or None. A URI without a fault matches itself.

    ``allow_http`` allows plain http; ``app_schemes`` are private schemes that the operator vouches for.
    """
    if not redirect_uri.isascii() or not redirect_uri.isprintable() or set(' \\"<>') & set(redirect_uri):
        return Fault.CHARACTERS
    if "#" in redirect_uri:
        return Fault.FRAGMENT
    if len(redirect_uri) > MAX_LENGTH:
        return Fault.LENGTH
    try:
        parts = urlsplit(redirect_uri)
        if has_invalid_port(parts.netloc):
            return Fault.PORT
        _ = parts.port
    except ValueError:
        return Fault.MALFORMED
    excused = {Fault.PLAIN_HTTP: allow_http, Fault.PRIVATE_SCHEME: parts.scheme in app_schemes}
    rules = ((rule_fault, is_broken) for rule_fault, is_broken in FAULTS if not excused.get(rule_fault))
    return next((rule_fault for rule_fault, is_broken in rules if is_broken(redirect_uri, parts)), None)


def _is_web(parts: SplitResult) -> bool:
    return parts.scheme in ("http", "https")


def _lacks_host(redirect_uri: str, parts: SplitResult) -> bool:
    return _is_web(parts) and not parts.hostname


def _has_userinfo(redirect_uri: str, parts: SplitResult) -> bool:
    return "@" in parts.netloc


def _has_no_such_host(redirect_uri: str, parts: SplitResult) -> bool:
    """Is its host impossible? A scheme of an app's own needs no host, but what stands in its place is checked."""
    return bool(parts.netloc) and not is_authority(parts)


def _is_nobodys_scheme(redirect_uri: str, parts: SplitResult) -> bool:
    """Is it anything but a reversed domain name, which somebody owns, with slashes after it (RFC 8252 §7.1)?

    One slash is right; many apps have two, and some have three.
    """
    return not _is_web(parts) and ("." not in parts.scheme or redirect_uri[len(parts.scheme) + 1 :][:1] != "/")


def _has_capitals(redirect_uri: str, parts: SplitResult) -> bool:
    """Does scheme or host have capitals? A browser writes both in lower case, and strings must be equal."""
    prefix = parts.scheme + (f"://{parts.netloc.lower()}" if parts.netloc else ":")
    return not redirect_uri.startswith(prefix)


# In this order, and after what makes a string no URI at all.
FAULTS: tuple[tuple[Fault, Callable[[str, SplitResult], bool]], ...] = (
    (Fault.RELATIVE, lambda redirect_uri, parts: not parts.scheme),
    (Fault.FORBIDDEN_SCHEME, lambda redirect_uri, parts: parts.scheme in FORBIDDEN_SCHEMES),
    (Fault.HOST, _lacks_host),
    (Fault.USERINFO, _has_userinfo),
    (Fault.WILDCARD, lambda redirect_uri, parts: "*" in redirect_uri),
    (Fault.HOST_NAME, _has_no_such_host),
    (Fault.PRIVATE_SCHEME, _is_nobodys_scheme),
    (Fault.CASE, _has_capitals),
    (Fault.PLAIN_HTTP, lambda redirect_uri, parts: is_plain_http(redirect_uri)),
)
