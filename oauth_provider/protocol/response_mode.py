"""Response modes (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode §2, JARM §2.3).

An answer reaches the client after ``?``, after ``#``, or in the body of a POST by the browser, each of them plain or as
a signed JWT.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

QUERY, FRAGMENT, FORM_POST = "query", "fragment", "form_post"
CARRIERS = (QUERY, FRAGMENT, FORM_POST)
# ``jwt`` alone is what fits the response type, and a code travels in the query (JARM §2.3.4).
SIGNED = {"jwt": QUERY, **{f"{carrier}.jwt": carrier for carrier in CARRIERS}}
SUPPORTED = (*CARRIERS, *SIGNED)


def resolve_mode(asked: str, *, is_front_channel: bool) -> str:
    """Return the mode of an answer: ``asked`` if that is possible, else the default of its response type.

    ``is_front_channel`` says that the answer holds a token, which must not be in a query (Multiple Response Types
    §5).
    """
    default = FRAGMENT if is_front_channel else QUERY
    if asked == "jwt":
        return f"{default}.jwt"
    return asked if asked in SUPPORTED and not exposes_token(asked, is_front_channel=is_front_channel) else default


def exposes_token(asked: str, *, is_front_channel: bool) -> bool:
    """Would this mode put a token into the query, and so into the log of a server?"""
    return is_front_channel and asked != "jwt" and carrier_of(asked) == QUERY


def carrier_of(response_mode: str) -> str:
    """Return how an answer travels, signed or not: ``query``, ``fragment`` or ``form_post``."""
    return SIGNED.get(response_mode, response_mode)


def as_query(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """Return ``redirect_uri`` with ``parameters`` added to its query (RFC 6749 §3.1.2)."""
    separator = "&" if "?" in redirect_uri else "?"
    if redirect_uri.endswith(("?", "&")):
        separator = ""
    return redirect_uri + separator + urlencode(parameters, errors="replace")


def as_fragment(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """Return ``redirect_uri`` with ``parameters`` as its fragment; it has none of its own (RFC 6749 §3.1.2)."""
    return f"{redirect_uri}#{urlencode(parameters, errors='replace')}"
