"""The client that somebody wants to try (RFC 7591 §2): what was asked for, and what is usual where nothing was."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from oauth_provider.clients.registration.kinds import Kind
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, Fault
from oauth_provider.clients.registration.register import find_faults, propose
from oauth_provider.clients.registration.words import as_plain_text
from oauth_provider.dot.names import application_model
from oauth_provider.protocol.errors import InvalidTarget
from oauth_provider.protocol.resource_indicator import is_resource
from oauth_provider.registry.resource import Audience, all_resources, find_audience
from oauth_provider.registry.scope import IDENTITY_SCOPES, all_scopes, project_scopes

# The option of the command for each member of the metadata.
OPTIONS = {"client_name": "--name", "redirect_uris": "--redirect-uri", "scope": "--scope"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A client of ``kind``, and the API whose tokens it is to ask for: ``resource``, empty where it names none."""

    kind: Kind
    name: str
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    resource: str = ""

    @property
    def metadata(self) -> Metadata:
        """Return what is to be registered."""
        return Metadata.of_kind(self.kind, client_name=self.name, redirect_uris=self.redirect_uris, scope=self.scopes)

    def faults(self) -> tuple[Fault, ...]:
        """Return what the rules find, without saving anything."""
        return find_faults(propose(self.metadata, application_model()(), By(Door.QUICKSTART), kind=self.kind))


def usual_name(kind: Kind) -> str:
    """Return a name under which a first client is found again."""
    return f"Quickstart {kind.name}"


def usual_redirect_uris(kind: Kind) -> tuple[str, ...]:
    """Return where a client of ``kind`` that is tried here is sent back to."""
    return (kind.usual_redirect_uri,) if kind.usual_redirect_uri else ()


def usual_scopes(kind: Kind, resource: str) -> tuple[str, ...]:
    """Return the scopes of the project that are of use at ``resource``, and what a client of ``kind`` wants beside."""
    if not kind.asks_for_scopes:
        return ()
    own = (name for name in project_scopes() if name not in IDENTITY_SCOPES)
    known = all_scopes()
    wanted = (*(name for name in kind.usual_scopes if name in known), *own)
    return audience_of(resource).served(wanted)


def audience_of(resource: str) -> Audience:
    """Return the registered resource; one that nobody registered yet has every scope."""
    try:
        return find_audience((resource,) if resource else ())
    except InvalidTarget:
        return Audience()


def is_registered(resource: str) -> bool:
    """Would the server issue tokens for ``resource`` (RFC 8707 §2)?"""
    return bool(audience_of(resource).resources)


def registered_resources() -> tuple[str, ...]:
    """Return the APIs that tokens may be asked for."""
    return tuple(known.identifier for known in all_resources())


def find_resource_fault(resource: str) -> str:
    """Return why ``resource`` cannot be the identifier of an API (RFC 8707 §2); empty where it can."""
    return "" if not resource or is_resource(resource) else f"{resource}: this must be a whole URL without a “#”."


def describe_faults(faults: Iterable[Fault]) -> tuple[dict[str, str], ...]:
    """Return each fault as plain text: the member of the metadata, the option that gives it, and the form's words."""
    return tuple(
        {"member": one.member, "option": OPTIONS.get(one.member, ""), "message": as_plain_text(one.text)}
        for one in faults
    )


def printable(text: Any) -> str:
    """Return ``text`` without characters that a terminal would obey."""
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in str(text))
