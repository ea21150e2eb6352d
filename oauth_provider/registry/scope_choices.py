"""Choices that the registry leaves to people (RFC 6749 §3.3): scopes they may leave out, and what only reads."""

from collections.abc import Iterable, Mapping

from oauth_provider.registry.scope import known_scopes


def optional_of(scopes: Iterable[str]) -> frozenset[str]:
    """Return those of ``scopes`` that people may leave out, and allow the rest."""
    known = known_scopes()
    return frozenset(one for one in scopes if one in known and known[one].optional)


def read_twins_of(scopes: Iterable[str]) -> Mapping[str, str]:
    """Return, for each of ``scopes`` that can do harm, the scope that only reads in its place.

    Empty where one of them has no such scope: people are offered to let all of it be read, or nothing of the kind.
    """
    known = known_scopes()
    twins = {one: known[one].read_twin for one in scopes if one in known and known[one].marked_risk}
    return twins if all(twin in known and not known[twin].marked_risk for twin in twins.values()) else {}
