"""Denials (RFC 7009 §3): what a server that revoked something tells those who may still believe in it.

A denial names what it denies and holds nothing that could be used: an identifier, or the digest of a random
token. Whoever can send one can take access away; nobody can give more than there would be without denials.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from oauth_provider.protocol.strict_json import parse_object

AUTHORIZATION, TOKEN, CLIENT, USER = KINDS = ("authorization", "token", "client", "user")
MAX_LENGTH = 4096
LATEST = 2**53


@dataclass(frozen=True, slots=True)
class Denial:
    """Tokens of the issuer ``iss`` that belong to this are refused until ``exp``, in seconds since 1970.

    ``kind`` says what ``id`` is: an authorization's public id, a token's ``jti`` or the SHA-256 of the token, a
    ``client_id``, or a ``sub``. Where ``before`` is given, tokens that were issued later are not meant: whom it
    names may come back.
    """

    iss: str
    kind: str
    id: str
    exp: int
    before: int | None = None

    def text(self) -> str:
        """As it travels: equal denials are equal texts."""
        return json.dumps({name: value for name, value in asdict(self).items() if value is not None})


def parse(text: str) -> Denial:
    """The denial that ``text`` is; members that are not known are passed over. Raises ``ValueError``."""
    if len(text) > MAX_LENGTH:
        raise ValueError("It is too long.")
    members = parse_object(text)
    if _name(members.get("kind")) not in KINDS:
        raise ValueError("It is of no known kind.")
    before = members.get("before")
    return Denial(
        iss=_name(members.get("iss")),
        kind=_name(members.get("kind")),
        id=_name(members.get("id")),
        exp=_seconds(members.get("exp")),
        before=None if before is None else _seconds(before),
    )


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("It does not say what it denies.")
    return value


def _seconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LATEST:
        raise ValueError("It does not say for how long.")
    return value
