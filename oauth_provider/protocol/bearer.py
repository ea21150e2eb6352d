"""Tokens in headers (RFC 6750 §2.1 and §3, RFC 9110 §11.4): taking one out, and the challenge that asks for one."""

import re
from collections.abc import Collection, Mapping

from oauth_provider.protocol.errors import InvalidRequest, InvalidToken
from oauth_provider.protocol.reason import Reason

BEARER = "Bearer"
B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
MAX_LENGTH = 8192
# RFC 9110 §5.6.2: the characters of a scheme's name. White space before it is no part of the field (§5.5).
SCHEME = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]*)")
# Two fields of one name are one list by the time anybody reads them (§5.3); a name alone is one, too.
LISTED = re.compile(r",\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s|,|$)")


def token_from_header(authorization: str) -> str | None:
    """The bearer token in an Authorization header, or None if the header is not of this scheme.

    Raises ``InvalidRequest`` where no token follows, and ``InvalidToken`` where it cannot be one.
    """
    found = credentials(authorization, (BEARER,))
    return None if found is None else found[1]


def credentials(authorization: str, schemes: Collection[str]) -> tuple[str, str] | None:
    """Which of ``schemes`` an Authorization header is of, and the token in it; None if it is of none of them.

    This is the only parser of tokens in headers. What carries the name of one of ``schemes``, in any case and among
    any white space, is a token or an error, so that no two readers of one request differ about whether it came with
    one. Other schemes for access tokens have the syntax of this one (RFC 9449 §7.1). Raises as ``token_from_header``.
    """
    name, rest = _split(authorization)
    scheme = _known(name, schemes)
    if scheme is None:
        _check_listed(authorization, schemes)
        return None
    token = rest.strip(" ")
    if not token:
        raise InvalidRequest(Reason.BEARER_WITHOUT_TOKEN)
    if rest[0] != " ":  # RFC 9110 §11.4: spaces alone stand between the two
        raise InvalidRequest(Reason.BEARER_MALFORMED)
    if "," in token or " " in token:
        raise InvalidRequest(Reason.BEARER_REPEATED)
    if len(token) > MAX_LENGTH or not B64TOKEN.fullmatch(token):
        raise InvalidToken(Reason.BEARER_MALFORMED)
    return scheme, token


def scheme_of(authorization: str, schemes: Collection[str]) -> str | None:
    """Which of ``schemes`` it is, in any case (RFC 9110 §11.1) and after any white space, as it is spelt there."""
    return _known(_split(authorization)[0], schemes)


def _split(authorization: str) -> tuple[str, str]:
    """The name of the scheme, in lower case, and what follows it."""
    match = SCHEME.match(authorization)
    return (match[1].lower(), authorization[match.end() :].rstrip(" \t")) if match is not None else ("", "")


def _known(name: str, schemes: Collection[str]) -> str | None:
    for scheme in schemes:
        if scheme.lower() == name:
            return scheme
    return None


def _check_listed(authorization: str, schemes: Collection[str]) -> None:
    """Raise ``InvalidRequest`` for a token that hides behind the credentials of another scheme."""
    if "," not in authorization:
        return
    names = {scheme.lower() for scheme in schemes}
    if any(match[1].lower() in names for match in LISTED.finditer(authorization)):
        raise InvalidRequest(Reason.CREDENTIALS_REPEATED)


def challenge(parameters: Mapping[str, str], scheme: str = BEARER) -> str:
    """A WWW-Authenticate value; parameters without a value are left out (RFC 9110 §11.6.1)."""
    listed = ", ".join(f'{name}="{_quoted(value)}"' for name, value in parameters.items() if value)
    return f"{scheme} {listed}" if listed else scheme


def _quoted(value: str) -> str:
    printable = "".join(character for character in value if " " <= character <= "~")
    return printable.replace("\\", "\\\\").replace('"', '\\"')
