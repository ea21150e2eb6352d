"""Web origins (RFC 6454 §6.2), as a browser writes them into ``Origin``: only that spelling can match."""

from collections.abc import Callable, Collection
from enum import Enum, auto
from urllib.parse import SplitResult, urlsplit

from oauth_provider.protocol.host import has_invalid_port, is_authority
from oauth_provider.protocol.redirect_uri import FORBIDDEN_SCHEMES

# A name of 253 characters, with scheme and port, is shorter.
MAX_LENGTH = 300
DEFAULT_PORTS = {"http": 80, "https": 443}


# Schemes of pages inside apps: Capacitor's, Ionic's, Tauri's, and extensions of Chromium.
KNOWN_APPS = frozenset({"capacitor", "chrome-extension", "ionic", "tauri"})


class Fault(Enum):
    """Reason why an origin may not be registered."""

    CHARACTERS = auto()
    LENGTH = auto()
    MALFORMED = auto()
    PORT = auto()
    SCHEME = auto()
    WILDCARD = auto()
    MORE_THAN_ORIGIN = auto()
    HOST_NAME = auto()
    PLAIN_HTTP = auto()
    SPELLING = auto()


def origin_of(url: str) -> str:
    """Return the origin of an http or https URL, as a browser writes it; "" for any other."""
    try:
        parts = urlsplit(url)
        number = parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if number in (None, DEFAULT_PORTS[parts.scheme]) else f":{number}"
    return f"{parts.scheme}://{host}{port}"


def find_fault(origin: str, *, app_schemes: Collection[str] = ()) -> Fault | None:
    """Return the first reason not to register this origin, or None.

    ``app_schemes`` are schemes of pages inside apps that the operator allows, such as ``capacitor``.
    """
    if not origin.isascii() or not origin.isprintable() or set(' \\"<>') & set(origin):
        return Fault.CHARACTERS
    if len(origin) > MAX_LENGTH:
        return Fault.LENGTH
    try:
        parts = urlsplit(origin)
        if has_invalid_port(parts.netloc):
            return Fault.PORT
        _ = parts.port
    except ValueError:
        return Fault.MALFORMED
    rules = APP_FAULTS if _is_app_scheme(parts.scheme, app_schemes) else FAULTS
    return next((rule_fault for rule_fault, is_broken in rules if is_broken(origin, parts)), None)


def _is_app_scheme(scheme: str, app_schemes: Collection[str]) -> bool:
    return scheme in app_schemes and scheme not in DEFAULT_PORTS and scheme not in FORBIDDEN_SCHEMES


def _is_more_than_origin(origin: str, parts: SplitResult) -> bool:
    return origin.lower() != f"{parts.scheme}://{parts.netloc.lower()}" or "@" in parts.netloc


def _is_plain_http(origin: str, parts: SplitResult) -> bool:
    """Does it cross a network in clear? Anyone on the way could become the script that reads the tokens."""
    return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


FAULTS: tuple[tuple[Fault, Callable[[str, SplitResult], bool]], ...] = (
    (Fault.SCHEME, lambda origin, parts: parts.scheme not in DEFAULT_PORTS or not parts.hostname),
    (Fault.WILDCARD, lambda origin, parts: "*" in origin),
    (Fault.MORE_THAN_ORIGIN, _is_more_than_origin),
    (Fault.HOST_NAME, lambda origin, parts: not is_authority(parts)),
    (Fault.PLAIN_HTTP, _is_plain_http),
    (Fault.SPELLING, lambda origin, parts: origin != origin_of(origin)),
)
APP_FAULTS: tuple[tuple[Fault, Callable[[str, SplitResult], bool]], ...] = (
    (Fault.SCHEME, lambda origin, parts: not parts.hostname),
    (Fault.WILDCARD, lambda origin, parts: "*" in origin),
    (Fault.MORE_THAN_ORIGIN, _is_more_than_origin),
    (Fault.HOST_NAME, lambda origin, parts: not is_authority(parts)),
    (Fault.SPELLING, lambda origin, parts: origin != origin.lower()),
)
