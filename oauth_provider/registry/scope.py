"""The scope registry: what may be asked for, in the words that a person reads (RFC 6749 §3.3)."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import is_
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from oauth_provider.conf import provider_settings
from oauth_provider.models import Scope
from oauth_provider.models.client import ClientPolicy
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidScope
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope import check_scope, narrow_scope, parse_scope
from oauth_provider.protocol.scope_entry import ScopeEntry, closure, entry_of, title_of
from oauth_provider.registry.kept_scopes import MAX_TENANTS, kept_scopes
from oauth_provider.registry.registered_scopes import REGISTERED

# OpenID Connect Core §5.4 and §11. A project that names one of them in SCOPES gives it words of its own.
IDENTITY_SCOPES: Mapping[str, ScopeEntry] = {
    "openid": ScopeEntry(_("Confirm who you are"), icon="account"),
    "profile": ScopeEntry(_("See your name and profile"), icon="contact"),
    "email": ScopeEntry(_("See your email address"), icon="email"),
    "address": ScopeEntry(_("See your postal address"), icon="location"),
    "phone": ScopeEntry(_("See your phone number"), icon="phone"),
    "offline_access": ScopeEntry(_("Keep this access while you are away"), icon="clock"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """A scope as a person is shown it, in their language.

    ``words`` are its title. ``risk`` is a value of ``Scope.Risk``, or "" for none and for reading, and ``warning`` its
    words. ``api`` is the identifier of a resource, ``group`` a heading, ``icon`` one of ``scope_entry.ICONS``; each may
    be empty. ``implies`` are all the scopes that come with it, and ``implied_by`` those shown beside it that bring it.
    ``twin`` is the scope that allows to read the same, or "". Where the person may not grant it, it is not
    ``is_grantable``, and ``refusal`` says so in words; without any it is not to be shown.
    """

    scope: str
    words: str
    risk: str
    warning: str
    description: str = ""
    api: str = ""
    group: str = ""
    icon: str = ""
    is_optional: bool = False
    implies: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    twin: str = ""
    is_grantable: bool = True
    refusal: str = ""

    def __str__(self) -> str:
        return self.words


def project_scopes() -> Mapping[str, Any]:
    """Every scope of the project's code and settings, each with its value there; asks no database."""
    return {**REGISTERED[0], **provider_settings.SCOPES}


def project_titles() -> Mapping[str, Any]:
    """Every scope of the project's code and settings, each with its words; asks no database."""
    return {name: title_of(value) for name, value in project_scopes().items()}


def configured_scopes() -> Mapping[str, Any]:
    """Every scope of the code and settings, each with its words; asks no database."""
    return {name: title_of(value) for name, value in _configured().items()}


@dataclass(frozen=True, slots=True)
class Registry:
    """Every scope there is, each with its entry; those that imply others; and who may grant those that not all may.

    ``sources`` are what it was made of, by which it is known to be of today.
    """

    sources: tuple[Any, ...]
    entries: Mapping[str, ScopeEntry]
    implies: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, str]

    def allowed(self, policy: ClientPolicy) -> tuple[str, ...]:
        """Return the scopes that the client of ``policy`` may ask for."""
        if policy.scopes is None:
            return tuple(self.entries)
        return tuple([scope for scope in self.entries if scope in policy.scopes])

    def with_implied(self, scopes: tuple[str, ...], policy: ClientPolicy | None = None) -> tuple[str, ...]:
        """Return ``scopes``, and behind them what they imply, as far as the client of ``policy`` may have it."""
        if self.implies.keys().isdisjoint(scopes):
            return scopes
        brought = closure(scopes, self.implies)
        allowed = brought if policy is None else (*scopes, *self.allowed(policy))
        return tuple(one for one in brought if one in allowed)

    def may_harm(self, scope: str) -> bool:
        """Is ``scope``, or anything that it implies, marked as more than reading?"""
        return any(one in self.entries and self.entries[one].marked_risk for one in self.with_implied((scope,)))

    def with_implying(self, scopes: Collection[str]) -> frozenset[str]:
        """Return ``scopes``, and all that imply one of them: who is to lose those loses these."""
        implying = (one for one in self.implies if not set(closure([one], self.implies)).isdisjoint(scopes))
        return frozenset(scopes).union(implying)


# By the identity of the scopes of the database: each tenant has its own.
_registries: dict[int, Registry] = {}


def registry() -> Registry:
    """Return the registry, made anew where code, settings or database changed. Raises ``TypeError`` for broken ones."""
    kept, own, of_dot = kept_scopes(), provider_settings.user_settings, provider_settings.settings_of_dot
    sources = (kept, own.get("SCOPES"), of_dot.get("SCOPES"), REGISTERED[0])
    found = _registries.get(id(kept))
    if found is not None and all(map(is_, found.sources, sources)):
        return found
    made = _registry_of(sources)
    if len(_registries) >= MAX_TENANTS:
        _registries.clear()
    _registries[id(kept)] = made
    return made


def _registry_of(sources: tuple[Any, ...]) -> Registry:
    known = {name: entry_of(value) for name, value in _configured().items()}
    known |= {name: scope.over(known.get(name)) for name, scope in sources[0].items()}
    rules = {name: entry.grantable_by for name, entry in known.items() if entry.grantable_by}
    return Registry(sources, known, implications(known), rules)


def known_scopes() -> Mapping[str, ScopeEntry]:
    """Every scope there is, each with its entry. Raises ``TypeError`` where one cannot be used."""
    return registry().entries


def all_scopes() -> Mapping[str, Any]:
    """Every scope there is, each with its words: those of code and settings, then those that the database adds."""
    return {**configured_scopes(), **{name: scope.words for name, scope in kept_scopes().items()}}


def allowed_scopes(policy: ClientPolicy) -> tuple[str, ...]:
    """The scopes that the client of ``policy`` may ask for."""
    return registry().allowed(policy)


def requested_scopes(scope: str, policy: ClientPolicy, known: Registry | None = None) -> tuple[str, ...]:
    """Return the scopes that a ``scope`` parameter asks for; the default scopes where it is empty.

    ``known`` is the registry, where it was read already. Raises ``InvalidScope`` for a scope that is malformed,
    unknown, or not for this client.
    """
    requested = parse_scope(scope)
    check_scope(requested, (known or registry()).allowed(policy))
    return requested or default_scopes(policy)


def offered_scopes(scope: str, policy: ClientPolicy) -> tuple[str, ...]:
    """Return what ``requested_scopes`` does, without what is unknown or not for this client.

    Raises ``InvalidScope`` for a scope that is malformed, and where nothing is left of it.
    """
    requested = parse_scope(scope)
    return narrow_scope(requested, allowed_scopes(policy)) if requested else default_scopes(policy)


def default_scopes(policy: ClientPolicy) -> tuple[str, ...]:
    """Return the scopes of a client that asks for none. Raises ``InvalidScope`` where that is nothing."""
    allowed = allowed_scopes(policy)
    defaults = tuple(name for name in provider_settings.DEFAULT_SCOPES if name in allowed)
    if not defaults:
        raise InvalidScope(Reason.SCOPE_MISSING)
    return defaults


def words_of(scopes: Iterable[str]) -> dict[str, str]:
    """Return each scope with the words shown for it, in the language of this thread."""
    titles = all_scopes()
    return {scope: str(titles.get(scope, scope)) for scope in scopes}


def risks_of(scopes: Iterable[str]) -> dict[str, str]:
    """Return those scopes that are marked, each with its risk: a value of ``Scope.Risk``, but never reading."""
    known = known_scopes()
    return {scope: known[scope].marked_risk for scope in scopes if scope in known and known[scope].marked_risk}


def permissions_of(scopes: Iterable[str], *, withheld: Collection[str] = ()) -> list[Permission]:
    """Return what a person is shown of each scope, in the language of this thread.

    Those that are ``withheld`` the person may not grant.
    """
    listed, known, implies = tuple(scopes), registry().entries, registry().implies
    brought = {name: closure([name], implies)[1:] for name in listed}
    return [
        _permission(
            name,
            known.get(name, ScopeEntry(name)),
            implies=brought[name],
            implied_by=tuple(other for other in listed if name in brought[other]),
            is_grantable=name not in withheld,
        )
        for name in listed
    ]


def implications(known: Mapping[str, ScopeEntry]) -> Mapping[str, tuple[str, ...]]:
    """Return the scopes of ``known`` that imply others, each with those that it names itself.

    Those about the person (OpenID Connect Core §5.4) are never implied: each is asked for by its name.
    """
    implied = {name: tuple(one for one in entry.implies if one not in IDENTITY_SCOPES) for name, entry in known.items()}
    return {name: others for name, others in implied.items() if others}


def digests_of(scopes: Iterable[str]) -> dict[str, str]:
    """Return each scope with the digest of what is shown for it in the project's own language: for a consent."""
    known = known_scopes()
    with override(settings.LANGUAGE_CODE):
        return {scope: digest(_shown(known.get(scope, ScopeEntry(scope)))) for scope in scopes}


def _configured() -> Mapping[str, Any]:
    return {**IDENTITY_SCOPES, **project_scopes()}


def _permission(name: str, entry: ScopeEntry, **facts: Any) -> Permission:
    risk = entry.marked_risk
    return Permission(
        scope=name,
        words=str(entry.title),
        risk=risk,
        warning=str(Scope.Risk(risk).label) if risk else "",
        description=str(entry.description),
        api=entry.api,
        group=str(entry.group),
        icon=entry.icon,
        is_optional=entry.optional,
        twin=entry.read_twin,
        refusal="" if facts["is_grantable"] else str(entry.refusal),
        **facts,
    )


def _shown(entry: ScopeEntry) -> str:
    """Return what a person judges by. An entry of words alone gives those, as it did before there was more of it."""
    lines = [str(entry.title), entry.marked_risk]
    more = {"description": str(entry.description), "api": entry.api, "group": str(entry.group)}
    said = {name: text for name, text in more.items() if text}
    return "\n".join([*filter(None, lines), *([json.dumps(said, sort_keys=True)] if said else [])])
