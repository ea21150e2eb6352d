"""Events: one frozen class for each thing that happens. None holds a secret; rows come along for signals' receivers.

``facts`` are the same in ids and plain values, for logs and for rows of the audit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from oauth_provider.dot.names import Row


class Event:
    """Something that happened, to be told once it is committed.

    Those that are ``AUDITED`` somebody must find again: they are rows of the audit, too.
    """

    __slots__ = ()
    AUDITED: ClassVar[bool] = False

    @classmethod
    def kind(cls) -> str:
        """The name of the class in snake case, as it stands in logs and in the audit."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def facts(self) -> dict[str, Any]:
        """Return what happened in ids and values that JSON has. Asks the database nothing."""
        facts: dict[str, Any] = {}
        for one in fields(self):  # type: ignore[arg-type]  # each subclass is a dataclass
            value = getattr(self, one.name)
            if value is not None and value != "" and value != ():
                facts |= _IN_IDS.get(one.name, lambda value, name=one.name: {name: value})(value)
        return facts


def _of_application(application: Row) -> dict[str, Any]:
    return {"client_id": application.client_id}


def _of_user(user: Any) -> dict[str, Any]:
    return {"user": str(user.pk)} if user.pk is not None else {}


def _of_authorization(authorization: Any) -> dict[str, Any]:
    known = authorization._state.fields_cache.get("application")
    client = _of_application(known) if known is not None else {}
    return {"authorization": str(authorization.public_id), "user": str(authorization.user_id), **client}


_IN_IDS = {
    "application": _of_application,
    "user": _of_user,
    "authorization": _of_authorization,
    "checksums": lambda checksums: {"access_tokens": len(checksums)},
    "resources": lambda resources: {"resources": list(resources)},
    "changed": lambda changed: {"changed": list(changed)},
}


# Tokens.


@dataclass(frozen=True, slots=True)
class TokenIssued(Event):
    """An access token was issued. ``user`` and ``authorization`` are None where the client acts for itself."""

    application: Row = field(repr=False)
    user: Any = field(repr=False)
    grant_type: str
    scope: str
    authorization: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenRefreshed(TokenIssued):
    """A sign-in got its next tokens for its refresh token."""


@dataclass(frozen=True, slots=True)
class AnswerRepeated(Event):
    """A refresh was repeated within its window, and got the same answer once more."""

    authorization: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Replayed(Event):
    """A code or a refresh token was used again, which ended the sign-in; ``reason`` is the code of the refusal."""

    authorization: Any = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class ReplayedAgain(Event):
    """A code or a refresh token was used again whose sign-in had ended: nothing is left to end, nothing was written."""

    authorization: Any = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class AuthorizationRevoked(Event):
    """A sign-in ended before its time; ``reason`` is one of ``Authorization.Reason``."""

    AUDITED = True
    authorization: Any = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class AccessTokensRevoked(Event):
    """Access tokens were revoked one by one, as those that hang on no authorization are."""

    checksums: Sequence[str] = field(repr=False)


# Refusals.


@dataclass(frozen=True, slots=True)
class RequestRefused(Event):
    """A request was refused.

    ``reason`` is the code of a ``Reason``; ``detail`` is for the operator alone. ``client_id`` is empty where no
    client was made out; where its authentication failed, somebody else may have sent the request. ``reference`` stands
    on the page that the person was shown.
    """

    reason: str
    error: str
    description: str
    detail: str
    client_id: str
    path: str
    address: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ClientAuthenticationFailed(Event):
    """Somebody failed to authenticate as a client. Nobody need know whether there is one of that name."""

    client_id: str
    address: str
    method: str


# People.


@dataclass(frozen=True, slots=True)
class ConsentGiven(Event):
    """A person agreed to a scope at each of these resources; at none: anywhere.

    ``context`` is what they act for in it, empty for themselves; ``until`` the end that they chose, as ISO 8601 has it;
    ``declined`` the scopes that they were asked for and left out.
    """

    AUDITED = True
    application: Row = field(repr=False)
    user: Any = field(repr=False)
    scope: str
    resources: tuple[str, ...] = ()
    context: str = ""
    until: str = ""
    declined: str = ""


@dataclass(frozen=True, slots=True)
class PermissionsTakenBack(Event):
    """A person took ``scope`` back from a client, in one context; all else goes on."""

    AUDITED = True
    application: Row = field(repr=False)
    user: Any = field(repr=False)
    scope: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class ConsentDenied(Event):
    """A person was asked, and said no."""

    AUDITED = True
    application: Row = field(repr=False)
    user: Any = field(repr=False)
    scope: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """A person, or an operator for them, took back all that was agreed to."""

    AUDITED = True
    application: Row = field(repr=False)
    user: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnusedAccessEnded(Event):
    """Access that a person gave to a client, in one context, ended since nobody used it for a long time."""

    AUDITED = True
    application: Row = field(repr=False)
    user: Any = field(repr=False)
    context: str = ""


@dataclass(frozen=True, slots=True)
class LoggedOut(Event):
    """Sessions ended: so many sign-ins with them, and so many clients are to be told."""

    sessions: int
    ended: int
    told: int


# Clients and keys.


@dataclass(frozen=True, slots=True)
class ClientRegistered(Event):
    """A client was registered."""

    AUDITED = True
    application: Row = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClientChanged(Event):
    """The registration of a client was changed, in these fields."""

    AUDITED = True
    application: Row = field(repr=False)
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientDeleted(Event):
    """A client was deleted, and all that hung on it."""

    AUDITED = True
    application: Row = field(repr=False)


@dataclass(frozen=True, slots=True)
class TeamChanged(Event):
    """Somebody was invited into the team of a client, joined it, got another role, left or was removed.

    ``step`` says which of these, and ``role`` the role that it was about.
    """

    AUDITED = True
    application: Row = field(repr=False)
    user: Any = field(repr=False)
    step: str
    role: str


@dataclass(frozen=True, slots=True)
class SecretMade(Event):
    """A client got another secret; ``hint`` is its last characters."""

    AUDITED = True
    application: Row = field(repr=False)
    hint: str


@dataclass(frozen=True, slots=True)
class SecretRevoked(Event):
    """A secret of a client is not good any more."""

    AUDITED = True
    application: Row = field(repr=False)
    hint: str


@dataclass(frozen=True, slots=True)
class ScopeChanged(Event):
    """A scope of the database was added, changed or deleted, or a plan applied or undone: ``step`` says which."""

    AUDITED = True
    scope: str
    step: str


@dataclass(frozen=True, slots=True)
class KeyRotated(Event):
    """A signing key was made, brought forward, retired or deleted: ``step`` says which."""

    AUDITED = True
    kid: str
    alg: str
    step: str
