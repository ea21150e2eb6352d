"""Denials (RFC 7009 §3): messages by which the server that revoked something tells the APIs.

A denial names what it denies and holds nothing that could be used: an identifier, or the digest of a random token.
Whoever can send one can take access away, but nobody gains any by it.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from oauth_provider.protocol.strict_json import parse_object

AUTHORIZATION, TOKEN, CLIENT, USER = KINDS = ("authorization", "token", "client", "user")
MAX_LENGTH = 4096
MAX_TIME = 2**53
# By so many seconds the clocks of servers and APIs differ.
LEEWAY = 10


@dataclass(frozen=True, slots=True)
class Denial:
    """Order to refuse the tokens of issuer ``iss`` that match, until ``exp`` (seconds since 1970).

    ``kind`` says what ``id`` is: an authorization's public id, a token's ``jti`` or the SHA-256 of the token, a
    ``client_id``, or a ``sub``. With ``before`` (seconds since 1970), tokens issued later are not refused.
    ``client`` is the ``client_id`` whose tokens it ends, if known.
    """

    iss: str
    kind: str
    id: str
    exp: int
    before: int | None = None
    client: str | None = None

    @property
    def group(self) -> tuple[str, str, str]:
        """Return the owner of the space that it uses: the client, or without one all denials of its kind."""
        return self.iss, self.client or "", "" if self.client else self.kind

    def text(self) -> str:
        """Return the denial as JSON text, the same text for equal denials."""
        return json.dumps({name: value for name, value in asdict(self).items() if value is not None})


def parse(text: str) -> Denial:
    """Return the denial in ``text``; unknown members are ignored. Raise ``ValueError`` for any other text."""
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


def merge_for_client(denials: Collection[Denial], now: int) -> Denial:
    """Return one denial that replaces ``denials``: of every token that their client has by ``now``.

    All must be of one group that has a client, or ``ValueError`` is raised. What they deny stays denied; good
    tokens of that client have to be renewed once.
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
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_TIME:
        raise ValueError("It does not say for how long.")
    return value
