"""Rotation of refresh tokens (RFC 9700 §4.14.2): what it leaves on the row, and a refresh that is repeated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """A refresh that is being repeated: the sealed answer it had, to be said again."""

    sealed_answer: str


@dataclass(frozen=True, slots=True)
class Rotation:
    """The next refresh token's digest and the answer, sealed."""

    refresh_token_digest: str
    sealed_answer: str
