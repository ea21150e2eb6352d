"""Events: one frozen class for each thing that happens. None holds a secret; rows come along for signals' receivers."""

from dataclasses import dataclass, field
from typing import Any

from oauth_provider.dot.names import Row


class Event:
    """Something that happened, to be told once it is committed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class TokenIssued(Event):
    """An access token was issued. ``user`` and ``authorization`` are None where the client acts for itself."""

    application: Row = field(repr=False)
    user: Any = field(repr=False)
    grant_type: str
    scope: str
    authorization: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizationRevoked(Event):
    """A sign-in ended before its time; ``reason`` is one of ``Authorization.Reason``."""

    authorization: Any = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class AccessTokensRevoked(Event):
    """Access tokens were revoked one by one, as those that hang on no authorization are."""

    checksums: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsentGiven(Event):
    """A person agreed to a scope at each of these resources; at none: anywhere."""

    application: Row = field(repr=False)
    user: Any = field(repr=False)
    scope: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """A person, or an operator for them, took back all that was agreed to."""

    application: Row = field(repr=False)
    user: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClientAuthenticationFailed(Event):
    """Somebody failed to authenticate as a client. Nobody need know whether there is one of that name."""

    client_id: str
    address: str
    method: str
