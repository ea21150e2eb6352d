"""Tokens in headers (RFC 6750 §2.1 and §3, RFC 9110 §11.4): taking one out, and the challenge that asks for one."""

import re
from collections.abc import Collection, Mapping

from oauth_provider.protocol.errors import InvalidRequest, InvalidToken

BEARER = "Bearer"
B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
MAX_LENGTH = 8192


def token_from_header(authorization: str) -> str | None:
    """The bearer token in an Authorization header, or None if the header is not of this scheme.

    Raises ``InvalidRequest`` where no token follows, and ``InvalidToken`` where it cannot be one.
    """
    found = credentials(authorization, (BEARER,))
    return None if found is None else found[1]


def credentials(authorization: str, schemes: Collection[str]) -> tuple[str, str] | None:
    """Which of ``schemes`` an Authorization header is of, and the token in it; None if it is of none of them.

    Other schemes for access tokens have the syntax of this one (RFC 9449 §7.1). Raises as ``token_from_header``.
    """
    scheme = scheme_of(authorization, schemes)
    if scheme is None:
        return None
    token = authorization.partition(" ")[2].strip(" ")
    if not token:
        raise InvalidRequest("The Authorization header holds no token.")
    if "," in token or " " in token:
        raise InvalidRequest("The Authorization header holds more than one token.")
    if len(token) > MAX_LENGTH or not B64TOKEN.fullmatch(token):
        raise InvalidToken("The access token is malformed.")
    return scheme, token


def scheme_of(authorization: str, schemes: Collection[str]) -> str | None:
    """Which of ``schemes`` it is, in any case (RFC 9110 §11.1), and as it is spelt there."""
    name = authorization.partition(" ")[0].lower()
    for scheme in schemes:
        if scheme.lower() == name:
            return scheme
    return None


def challenge(parameters: Mapping[str, str], scheme: str = BEARER) -> str:
    """A WWW-Authenticate value; parameters without a value are left out (RFC 9110 §11.6.1)."""
    listed = ", ".join(f'{name}="{_quoted(value)}"' for name, value in parameters.items() if value)
    return f"{scheme} {listed}" if listed else scheme


def _quoted(value: str) -> str:
    printable = "".join(character for character in value if " " <= character <= "~")
    return printable.replace("\\", "\\\\").replace('"', '\\"')
