"""Events of initial access tokens, with which clients may register themselves (RFC 7591 §3)."""

from dataclasses import dataclass

from oauth_provider.events.event import Event


@dataclass(frozen=True, slots=True)
class InitialTokenMade(Event):
    """An operator made an initial access token, with which clients may register; ``hint`` is its last characters."""

    AUDITED = True
    hint: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class InitialTokenRevoked(Event):
    """An initial access token is not good any more."""

    AUDITED = True
    hint: str
    label: str = ""
