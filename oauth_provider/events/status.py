"""Events of a client's status (RFC 7591 §5): one for each that it can come to, with what an operator says of it."""

from dataclasses import dataclass, field

from oauth_provider.dot.names import Row
from oauth_provider.events.event import Event


@dataclass(frozen=True, slots=True)
class StatusChanged(Event):
    """Another use may be made of a client than before. ``note`` is what an operator tells its developers."""

    AUDITED = True
    application: Row = field(repr=False)
    before: str = ""
    status: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClientSubmitted(StatusChanged):
    """A client waits for an operator, because its developers said so or changed what had been approved."""


@dataclass(frozen=True, slots=True)
class ClientApproved(StatusChanged):
    """An operator vouches for a client: it works for everybody."""


@dataclass(frozen=True, slots=True)
class ClientUnapproved(StatusChanged):
    """Nobody vouches for a client any more, which goes on for everybody."""


@dataclass(frozen=True, slots=True)
class ClientReturned(StatusChanged):
    """A client is a draft again: an operator sent it back, or its developers took it back."""


@dataclass(frozen=True, slots=True)
class ClientSuspended(StatusChanged):
    """A client may do nothing any more until an operator lets it go on."""


@dataclass(frozen=True, slots=True)
class ClientResumed(StatusChanged):
    """A client that was suspended has the status that it had before."""


@dataclass(frozen=True, slots=True)
class ClientRevoked(Event):
    """All that a client held was ended by an operator: ``sign_ins`` of people, and so many rows of its own access."""

    AUDITED = True
    application: Row = field(repr=False)
    sign_ins: int
    own: int
