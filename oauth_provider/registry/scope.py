"""The scope registry: what may be asked for, in the words that a person reads (RFC 6749 §3.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
from oauth_provider.registry.kept_scopes import kept_scopes

# OpenID Connect Core §5.4 and §11. A project that names one of them in SCOPES gives it words of its own.
IDENTITY_SCOPES: Mapping[str, Any] = {
    "openid": _("Confirm who you are"),
    "profile": _("See your name and profile"),
    "email": _("See your email address"),
    "address": _("See your postal address"),
    "phone": _("See your phone number"),
    "offline_access": _("Keep this access while you are away"),
}
# What reading puts at risk is said by the words.
UNMARKED = ("", Scope.Risk.READS)


@dataclass(frozen=True, slots=True)
class Permission:
    """A scope as a person is shown it. ``risk`` is a value of ``Scope.Risk``, or "", and ``warning`` its words."""

    scope: str
    words: str
    risk: str
    warning: str

    def __str__(self) -> str:
        return self.words


def configured_scopes() -> Mapping[str, str]:
    """Every scope of the settings, each with its words; asks no database."""
    return {**IDENTITY_SCOPES, **provider_settings.SCOPES}


def all_scopes() -> Mapping[str, str]:
    """Every scope there is, each with its words: those of the settings, then those that the database adds."""
    return {**configured_scopes(), **{name: scope.words for name, scope in kept_scopes().items()}}


def allowed_scopes(policy: ClientPolicy) -> tuple[str, ...]:
    """The scopes that the client of ``policy`` may ask for."""
    registry = all_scopes()
    return tuple(registry) if policy.scopes is None else tuple(scope for scope in registry if scope in policy.scopes)


def requested_scopes(scope: str, policy: ClientPolicy) -> tuple[str, ...]:
    """Return the scopes that a ``scope`` parameter asks for; the default scopes where it is empty.

    Raises ``InvalidScope`` for a scope that is malformed, unknown, or not for this client.
    """
    requested = parse_scope(scope)
    check_scope(requested, allowed_scopes(policy))
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
    registry = all_scopes()
    return {scope: str(registry.get(scope, scope)) for scope in scopes}


def risks_of(scopes: Iterable[str]) -> dict[str, str]:
    """Return those scopes that are marked, each with its risk: a value of ``Scope.Risk``, but never reading."""
    kept = kept_scopes()
    return {scope: kept[scope].risk for scope in scopes if scope in kept and kept[scope].risk not in UNMARKED}


def permissions_of(scopes: Iterable[str]) -> list[Permission]:
    """Return what a person is shown of each scope, in the language of this thread."""
    listed = tuple(scopes)
    risks = risks_of(listed)
    return [
        Permission(scope, words, risks.get(scope, ""), str(Scope.Risk(risks[scope]).label) if scope in risks else "")
        for scope, words in words_of(listed).items()
    ]


def digests_of(scopes: Iterable[str]) -> dict[str, str]:
    """Return each scope with the digest of what is shown for it in the project's own language: for a consent."""
    listed = tuple(scopes)
    risks = risks_of(listed)
    with override(settings.LANGUAGE_CODE):
        words = words_of(listed)
    return {scope: digest(f"{words[scope]}\n{risks[scope]}" if scope in risks else words[scope]) for scope in listed}
