"""The resource registry (RFC 8707 §2): where tokens may be used, and what they may do there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import override

from oauth_provider.conf import provider_settings
from oauth_provider.models import Resource
from oauth_provider.models.lifetimes import NO_LIMITS, Limits
from oauth_provider.protocol.access_token import JWT
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidScope, InvalidTarget
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.resource_indicator import is_same

# More than anybody asks for at once: the rest is not compared.
MAX_RESOURCES = 20


@dataclass(frozen=True, slots=True)
class KnownResource:
    """A resource, wherever it is registered. ``lifetime``, of access tokens, is in seconds."""

    identifier: str
    name: str
    scopes: tuple[str, ...] = ()
    lifetime: int | None = None
    limits: Limits = NO_LIMITS
    format: str = ""


def all_resources() -> tuple[KnownResource, ...]:
    """Every resource there is, in one statement."""
    lifetimes = ("access_token_lifetime", "authorization_idle_lifetime", "authorization_lifetime")
    rows = Resource.objects.values_list("identifier", "name", "scopes", "access_token_format", *lifetimes)
    kept = [
        KnownResource(uri, name, tuple(scopes), lifetime, Limits(idle, absolute), kind)
        for uri, name, scopes, kind, lifetime, idle, absolute in rows
    ]
    given = [_given(uri, facts) for uri, facts in provider_settings.RESOURCES.items()]
    return (*kept, *(one for one in given if not any(is_same(one.identifier, row.identifier) for row in kept)))


@dataclass(frozen=True, slots=True)
class Audience:
    """The resources that are asked for. ``foreign`` are the scopes that belong to others; both empty: anywhere.

    ``limits`` are what each of them, and each that was granted beside them, sets to the sign-in.
    """

    resources: tuple[KnownResource, ...] = ()
    foreign: frozenset[str] = frozenset()
    limits: tuple[Limits, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Return the identifiers as they are registered."""
        return tuple(resource.identifier for resource in self.resources)

    @property
    def lifetime(self) -> int | None:
        """The shortest that any of them gives a token, in seconds; None where none shortens it."""
        return min((one.lifetime for one in self.resources if one.lifetime is not None), default=None)

    @property
    def format(self) -> str:
        """Return the format of its tokens; empty where no resource says. Raises ``InvalidTarget`` where two differ."""
        formats = {one.format for one in self.resources if one.format}
        if len(formats) > 1:
            raise InvalidTarget(Reason.RESOURCE_FORMATS_DIFFER)
        return next(iter(formats), "")

    def served(self, scope: tuple[str, ...]) -> tuple[str, ...]:
        """The part of ``scope`` that is of use there. What belongs to no resource is of use anywhere."""
        return tuple(name for name in scope if name not in self.foreign)

    def check_scope(self, scope: tuple[str, ...]) -> None:
        """Raise ``InvalidScope`` for a scope that is of no use there."""
        if self.served(scope) != scope:
            raise InvalidScope(Reason.SCOPE_OF_OTHER_RESOURCE)


def find_audience(requested: tuple[str, ...], *, granted: Iterable[str] = ()) -> Audience:
    """The resources called ``requested``, of all that were ``granted``; no statement where there are none.

    Raises ``InvalidTarget``.
    """
    if not requested:
        return Audience()
    if len(requested) > MAX_RESOURCES:
        raise InvalidTarget(Reason.RESOURCE_TOO_MANY)
    registry = all_resources()
    found = tuple(dict.fromkeys(_find(uri, registry) for uri in requested))
    theirs = {name for resource in found for name in resource.scopes}
    foreign = frozenset(name for resource in registry for name in resource.scopes) - theirs
    return Audience(found, foreign, _limits((*requested, *granted), registry))


def find_limits(granted: Iterable[str]) -> tuple[Limits, ...]:
    """Return the limits that the resources called ``granted`` set to a sign-in; those that are gone set none."""
    names = tuple(granted)
    return _limits(names, all_resources()) if names else ()


def with_jwts(identifiers: Iterable[str]) -> frozenset[str]:
    """Return those resources of ``identifiers`` whose access tokens are JWTs, whatever the client's policy says."""
    named = frozenset(identifiers)
    signed = [one.identifier for one in all_resources() if one.format == JWT] if named else []
    return frozenset(one for one in named if any(is_same(one, other) for other in signed))


def digests_of_resources(resources: Iterable[KnownResource]) -> dict[str, str]:
    """Return each resource with the digest of its name in the project's own language: what a consent remembers."""
    with override(settings.LANGUAGE_CODE):
        return {resource.identifier: digest(str(resource.name)) for resource in resources}


def _find(uri: str, registry: tuple[KnownResource, ...]) -> KnownResource:
    for known in registry:
        if is_same(uri, known.identifier):
            return known
    raise InvalidTarget(Reason.RESOURCE_UNKNOWN, detail=f"resource {uri[:256]!r}")


def _limits(names: Iterable[str], registry: tuple[KnownResource, ...]) -> tuple[Limits, ...]:
    return tuple(known.limits for known in registry if any(is_same(uri, known.identifier) for uri in set(names)))


def _given(uri: str, facts: str | Mapping[str, Any]) -> KnownResource:
    if isinstance(facts, Mapping):
        limits = Limits(facts.get("authorization_idle_lifetime"), facts.get("authorization_lifetime"))
        scopes, lifetime = tuple(facts.get("scopes", ())), facts.get("access_token_lifetime")
        kind = facts.get("access_token_format", "")
        return KnownResource(uri, facts.get("name", uri), scopes, lifetime, limits, kind)
    return KnownResource(uri, facts)
