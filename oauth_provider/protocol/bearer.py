"""Bearer tokens (RFC 6750 §2.1 and §3): taking one from a header, and the challenge that asks for one."""

import re
from collections.abc import Mapping

from oauth_provider.protocol.errors import InvalidRequest, InvalidToken

SCHEME = re.compile(r"bearer(?: +|$)", re.IGNORECASE)
B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
MAX_LENGTH = 8192


def token_from_header(authorization: str) -> str | None:
    """The token in an Authorization header, or None if the header is not of this scheme.

    Raises ``InvalidRequest`` where no token follows, and ``InvalidToken`` where it cannot be one.
    """
    match = SCHEME.match(authorization)
    if match is None:
        return None
    token = authorization[match.end() :].strip(" ")
    if not token:
        raise InvalidRequest("The Authorization header holds no token.")
    if "," in token or " " in token:
        raise InvalidRequest("The Authorization header holds more than one token.")
    if len(token) > MAX_LENGTH or not B64TOKEN.fullmatch(token):
        raise InvalidToken("The access token is malformed.")
    return token


def challenge(parameters: Mapping[str, str], scheme: str = "Bearer") -> str:
    """A WWW-Authenticate value; parameters without a value are left out (RFC 9110 §11.6.1)."""
    listed = ", ".join(f'{name}="{_quoted(value)}"' for name, value in parameters.items() if value)
    return f"{scheme} {listed}" if listed else scheme


def _quoted(value: str) -> str:
    printable = "".join(character for character in value if " " <= character <= "~")
    return printable.replace("\\", "\\\\").replace('"', '\\"')
