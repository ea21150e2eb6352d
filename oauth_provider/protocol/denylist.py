"""Denials (RFC 7009 §3): what a server that revoked something tells those who may still believe in it.

A denial names what it denies and holds nothing that could be used: an identifier, or the digest of a random
token. Whoever can send one can take access away; nobody can give more than there would be without denials.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from oauth_provider.protocol.strict_json import parse_object

AUTHORIZATION, TOKEN, CLIENT, USER = KINDS = ("authorization", "token", "client", "user")
MAX_LENGTH = 4096
LATEST = 2**53
# By so many seconds the clocks of servers and APIs differ.
LEEWAY = 10


@dataclass(frozen=True, slots=True)
class Denial:
    """Tokens of the issuer ``iss`` that belong to this are refused until ``exp``, in seconds since 1970.

    ``kind`` says what ``id`` is: an authorization's public id, a token's ``jti`` or the SHA-256 of the token, a
    ``client_id``, or a ``sub``. Where ``before`` is given, tokens that were issued later are not meant: whom it
    names may come back. ``client`` is whose tokens it ends, as far as that is known: the ``client_id``.
    """

    iss: str
    kind: str
    id: str
    exp: int
    before: int | None = None
    client: str | None = None

    @property
    def group(self) -> tuple[str, str, str]:
        """Whose room it takes up where there is little: its client's, or that of all of its kind without one."""
        return self.iss, self.client or "", "" if self.client else self.kind

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
    before, client = members.get("before"), members.get("client")
    return Denial(
        iss=_name(members.get("iss")),
        kind=_name(members.get("kind")),
        id=_name(members.get("id")),
        exp=_seconds(members.get("exp")),
        before=None if before is None else _seconds(before),
        client=None if client is None else _name(client),
    )


def of_whole_client(denials: Collection[Denial], now: int) -> Denial:
    """One denial in the place of ``denials``, all of one group with a client: of every token that it has by ``now``.

    What they deny is denied on, and good tokens of that client are renewed once. Raises ``ValueError`` for others.
    """
    one = next(iter(denials), None)
    if one is None or not one.client or any(denial.group != one.group for denial in denials):
        raise ValueError("These are not the denials of one client.")
    return Denial(one.iss, CLIENT, one.client, max(denial.exp for denial in denials), now + LEEWAY)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("It does not say what it denies.")
    return value


def _seconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LATEST:
        raise ValueError("It does not say for how long.")
    return value
