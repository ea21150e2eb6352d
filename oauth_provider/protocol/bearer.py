"""Tokens in Authorization headers (RFC 6750 §2.1 and §3, RFC 9110 §11.4): parsing, and the challenge for one."""

import re
from collections.abc import Collection, Mapping

from oauth_provider.protocol.errors import InvalidRequest, InvalidToken
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.token_string import ACCESS_TOKEN, is_token

BEARER = "Bearer"
# What frameworks call their own tokens: one of ours behind it is a mistake, and nobody else can take it.
OTHER_SCHEMES = ("token", "jwt", "oauth")
B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
MAX_LENGTH = 8192
# RFC 9110 §5.6.2: the characters of a scheme's name. White space before it is no part of the field (§5.5).
SCHEME = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]*)")
# Two fields of one name are one list by the time anybody reads them (§5.3); a name alone is one, too.
LISTED = re.compile(r",\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s|,|$)")


def token_from_header(authorization: str) -> str | None:
    """Return the bearer token in an Authorization header, or None if the header has another scheme.

    Raises ``InvalidRequest`` where no token follows the scheme, and ``InvalidToken`` where the text cannot be a
    token.
    """
    found = credentials(authorization, (BEARER,))
    return None if found is None else found[1]


def credentials(authorization: str, schemes: Collection[str]) -> tuple[str, str] | None:
    """Return (scheme, token) of an Authorization header that has one of ``schemes``, or None for other schemes.

    This is the only parser of tokens in headers. A header that has the name of one of ``schemes``, in any case and
    with any white space around it, holds a token or is an error, so that no two readers of one request disagree
    about it. Other schemes for access tokens have the syntax of Bearer (RFC 9449 §7.1).

    Raises ``InvalidRequest`` where no token follows, and ``InvalidToken`` where the text cannot be a token.
    """
    name, rest = _split(authorization)
    scheme = _known(name, schemes)
    if scheme is None:
        _check_listed(authorization, schemes)
        _check_bare(name, authorization, rest)
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
    """Return the one of ``schemes`` that the header has, or None.

    The header may have it in any case (RFC 9110 §11.1) and after any white space; it is returned as ``schemes``
    spells it.
    """
    return _known(_split(authorization)[0], schemes)


def _split(authorization: str) -> tuple[str, str]:
    """Split a header into the name of its scheme, in lower case, and the rest."""
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


def _check_bare(name: str, authorization: str, rest: str) -> None:
    """Raise ``InvalidRequest`` for an access token of ours without a scheme, or with one that others use for tokens."""
    if ACCESS_TOKEN in authorization:
        token = rest if name in OTHER_SCHEMES else authorization
        if is_token(token.strip(), ACCESS_TOKEN):
            raise InvalidRequest(Reason.TOKEN_WITHOUT_BEARER)


def challenge(parameters: Mapping[str, str], scheme: str = BEARER) -> str:
    """Return a WWW-Authenticate value (RFC 9110 §11.6.1). Parameters without a value are left out."""
    listed = ", ".join(f'{name}="{_quoted(value)}"' for name, value in parameters.items() if value)
    return f"{scheme} {listed}" if listed else scheme


def _quoted(value: str) -> str:
    printable = "".join(character for character in value if " " <= character <= "~")
    return printable.replace("\\", "\\\\").replace('"', '\\"')
