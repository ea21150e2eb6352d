"""Differences of redirect URIs (RFC 9700 §2.1), in words: strings are compared, and a slash too many is a difference.

Who sends a URI learns in which part it differs from a registered one, and nothing of what is registered.
"""

from collections.abc import Callable, Collection, Iterable
from urllib.parse import SplitResult, urlsplit

from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason

# Of what is registered, to the operator: enough to see what is missing.
MAX_SHOWN, MAX_SHOWN_LENGTH = 3, 100
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

Compared = Callable[[SplitResult, SplitResult], bool]


def unregistered(presented: str, registered: Collection[str]) -> InvalidRequest:
    """Return the refusal of a redirect URI that is none of ``registered`` (RFC 6749 §4.1.2.1)."""
    detail, difference = _detail(presented, registered), find_difference(presented, registered)
    if not difference:
        return InvalidRequest(Reason.REDIRECT_URI_UNREGISTERED, detail=detail)
    return InvalidRequest(Reason.REDIRECT_URI_ALMOST_REGISTERED, difference=difference, detail=detail)


def unregistered_after_logout(presented: str, registered: Collection[str]) -> InvalidRequest:
    """Return the refusal of a URI to go to after a logout (OpenID Connect RP-Initiated Logout §3.1)."""
    detail, difference = _detail(presented, registered), find_difference(presented, registered)
    if not difference:
        return InvalidRequest(Reason.LOGOUT_REDIRECT_URI_UNREGISTERED, detail=detail)
    return InvalidRequest(Reason.LOGOUT_REDIRECT_URI_ALMOST_REGISTERED, difference=difference, detail=detail)


def find_difference(presented: str, registered: Iterable[str]) -> str:
    """Return in which one part ``presented`` differs from one of ``registered``; "" where there are more of them."""
    ours = _split(presented)
    if ours is None:
        return ""
    candidates = [theirs for uri in registered if (theirs := _split(uri)) is not None]
    return next((words for words, is_it in DIFFERENCES if any(is_it(ours, theirs) for theirs in candidates)), "")


def _detail(presented: str, registered: Collection[str]) -> str:
    listed = [uri[:MAX_SHOWN_LENGTH] for uri in list(registered)[:MAX_SHOWN]]
    return f"presented {presented[:256]!r}, registered {listed!r}"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme and parts.netloc else None


def _differs_only(*names: str) -> Compared:
    """Return whether two URIs differ in these parts and in no other: of host and port, ``netloc`` has both."""

    def compare(one: SplitResult, other: SplitResult) -> bool:
        values = [{name: getattr(parts, name) for name in PARTS} for parts in (one, other)]
        return {name for name in PARTS if values[0][name] != values[1][name]} == set(names)

    return compare


def _is_slash(one: SplitResult, other: SplitResult) -> bool:
    return _differs_only("path")(one, other) and one.path.rstrip("/") == other.path.rstrip("/")


def _is_case(one: SplitResult, other: SplitResult) -> bool:
    return one != other and one.geturl().lower() == other.geturl().lower()


def _is_loopback(one: SplitResult, other: SplitResult) -> bool:
    return _differs_only("hostname")(one, other) and {one.hostname, other.hostname} <= LOOPBACK_HOSTS


def _is_www(one: SplitResult, other: SplitResult) -> bool:
    hosts = [str(parts.hostname).removeprefix("www.") for parts in (one, other)]
    return _differs_only("hostname")(one, other) and hosts[0] == hosts[1]


PARTS = ("scheme", "hostname", "port", "path", "query", "fragment")
# In this order: the first that is true is told.
DIFFERENCES: tuple[tuple[str, Compared], ...] = (
    ("by a slash at its end", _is_slash),
    ("by capital letters", _is_case),
    ("in its scheme, http or https", _differs_only("scheme")),
    ("in its host, where localhost and 127.0.0.1 are two", _is_loopback),
    ("in its host, by www", _is_www),
    ("in its port", _differs_only("port")),
    ("in its query", _differs_only("query")),
    ("in its path", _differs_only("path")),
)
