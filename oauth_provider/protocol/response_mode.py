"""Response modes (OAuth 2.0 Multiple Response Type Encoding Practices §2.1): how an answer is put in a URL."""

from collections.abc import Mapping
from urllib.parse import urlencode

SUPPORTED = ("query",)


def as_query(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """``redirect_uri`` with ``parameters`` added to the query it may already have (RFC 6749 §3.1.2)."""
    separator = "&" if "?" in redirect_uri else "?"
    if redirect_uri.endswith(("?", "&")):
        separator = ""
    return redirect_uri + separator + urlencode(parameters)
