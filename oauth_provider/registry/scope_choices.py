"""Choices that the registry leaves to people (RFC 6749 §3.3): scopes they may leave out, and what only reads."""

from collections.abc import Iterable, Mapping

from oauth_provider.registry.kept_scopes import kept_scopes
from oauth_provider.registry.scope import risks_of


def optional_of(scopes: Iterable[str]) -> frozenset[str]:
    """Return those of ``scopes`` that people may leave out, and allow the rest."""
    kept = kept_scopes()
    return frozenset(one for one in scopes if getattr(kept.get(one), "is_optional", False))


def read_twins_of(scopes: Iterable[str]) -> Mapping[str, str]:
    """Return, for each of ``scopes`` that can do harm, the scope that only reads in its place.

    Empty where one of them has no such scope: people are offered to let all of it be read, or nothing of the kind.
    """
    kept, risky = kept_scopes(), risks_of(scopes)
    twins = {one: getattr(kept.get(one), "read_twin", "") for one in risky}
    return twins if all(twins.values()) and not risks_of(twins.values()) else {}
