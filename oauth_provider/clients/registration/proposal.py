"""A proposal to register or change a client (RFC 7591 §2), as the rules see it, and what they find."""

from dataclasses import dataclass
from typing import Any

from oauth_provider.clients.registration.kinds import Kind
from oauth_provider.clients.registration.metadata import MEMBERS, Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.dot.names import Row
from oauth_provider.events.actor import Actor
from oauth_provider.models.client import ClientPolicy


@dataclass(frozen=True, slots=True)
class By:
    """The one who registers: through which ``door``, and the person and the address, where they are known."""

    door: Door
    user: Any = None
    address: str = ""

    @property
    def is_operator(self) -> bool:
        """Is nothing of the policy of registration binding?"""
        return self.door.is_operators

    @property
    def actor(self) -> Actor:
        """Return who the audit names."""
        return Actor("" if self.user is None else str(self.user.pk), self.address)


@dataclass(frozen=True, slots=True)
class Fault:
    """Reason not to register: the member of the metadata, and why, in words for whoever registers.

    ``text`` is HTML where it is a ``SafeString``. A member that is empty is the whole.
    """

    member: str
    text: Any


class MetadataRefused(Exception):
    """The metadata cannot be registered: each of ``faults`` says of which member, and why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.member}: {fault.text}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Proposal:
    """``metadata`` beside what was registered before (None: a new client), written to rows that are not saved.

    Rules look at what is ``changed``: what stood there before must not keep anyone from suspending a client.
    """

    metadata: Metadata
    before: Metadata | None
    application: Row
    policy: ClientPolicy
    by: By
    kind: Kind | None = None

    @property
    def changed(self) -> frozenset[str]:
        """Members that are not what they were."""
        return frozenset(MEMBERS) if self.before is None else self.metadata.differs_in(self.before)

    def new_values(self, member: str) -> list[str]:
        """Return those of a list of texts that were not registered before."""
        before = getattr(self.before, member, None) or ()
        return [value for value in getattr(self.metadata, member) or () if value not in before]
