"""Scopes that code names: those of the settings are known at start, and the database is asked about others alone."""

from collections.abc import Iterable

from oauth_provider.registry.scope import all_scopes, configured_scopes


def missing_scopes(names: Iterable[str]) -> frozenset[str]:
    """Return those of ``names`` that neither the settings nor the database has; none where the latter cannot say.

    Before the tables are there nothing may stand in the way of ``migrate``, which may bring the scopes.
    """
    unknown = frozenset(names).difference(configured_scopes())
    try:
        return unknown.difference(all_scopes()) if unknown else unknown
    except Exception:  # no tables, no server, or tests that may not ask: each fails in its own way
        return frozenset()
