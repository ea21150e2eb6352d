"""Software statements (RFC 7591 §2.3): metadata of a client that an issuer whom the operator trusts has signed."""

from collections.abc import Iterable, Mapping
from typing import Any

from oauth_provider.protocol import jws
from oauth_provider.protocol.client_metadata import READERS
from oauth_provider.protocol.errors import InvalidSoftwareStatement
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key
from oauth_provider.protocol.reason import Reason

# Clocks differ by so much, in seconds.
SKEW = 10
TYPES = ("software-statement+jwt", "jwt", "")
STATEMENT = "software_statement"


def issuer_in(statement: str) -> str:
    """Return whom ``statement`` says it is of; nothing of it is verified. Raises ``InvalidSoftwareStatement``."""
    try:
        issuer = jws.parse(statement).claims.get("iss")
    except JoseError as error:
        raise InvalidSoftwareStatement(Reason.STATEMENT_MALFORMED, detail=str(error)) from None
    if not isinstance(issuer, str) or not issuer:
        raise InvalidSoftwareStatement(Reason.STATEMENT_MALFORMED, detail="it names no issuer")
    return issuer


def verify_statement(statement: str, keys: Iterable[Key], *, now: float) -> Mapping[str, Any]:
    """Return the metadata in ``statement``, which one of ``keys`` signed. Raise ``InvalidSoftwareStatement``.

    ``now`` is in seconds since the epoch. It may come often: it says what a piece of software is, not who runs it.
    """
    try:
        proven = jws.verify(statement, keys, algorithms=tuple(ALGORITHMS))
    except JoseError as error:
        raise InvalidSoftwareStatement(Reason.STATEMENT_SIGNATURE, detail=str(error)) from None
    if str(proven.header.get("typ", "")).lower().removeprefix("application/") not in TYPES:
        raise InvalidSoftwareStatement(Reason.STATEMENT_MALFORMED, detail="it is a token of another type")
    for name in ("exp", "nbf", "iat"):
        value = proven.claims.get(name, now + 1 if name == "exp" else now)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
            raise InvalidSoftwareStatement(Reason.STATEMENT_MALFORMED, detail=f"{name} is no time")
        if value <= now if name == "exp" else value > now + SKEW:
            raise InvalidSoftwareStatement(Reason.STATEMENT_EXPIRED)
    return {name: value for name, value in proven.claims.items() if name in READERS and name != STATEMENT}
