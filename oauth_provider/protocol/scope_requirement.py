"""Scopes that a call needs (RFC 6750 §3.1): all of one set, where there may be several sets to choose from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from oauth_provider.protocol.scope import is_scope_token


@dataclass(frozen=True, slots=True)
class ScopeRequirement:
    """Sets of scopes, in order of preference: a token needs every scope of one of the ``alternatives``."""

    alternatives: tuple[tuple[str, ...], ...]

    @classmethod
    def all_of(cls, *scopes: str) -> Self:
        """Return the requirement of every one of ``scopes``.

        Raises ``TypeError`` where none is named or one is not a string, and ``ValueError`` where one is not a
        scope token (RFC 6749 §3.3).
        """
        return cls((_checked(scopes),))

    @classmethod
    def any_of(cls, *alternatives: str | Iterable[str]) -> Self:
        """Return the requirement of one of ``alternatives``, each a scope or a list of scopes that are needed together.

        Raises ``TypeError`` and ``ValueError`` as ``all_of`` does.
        """
        if not alternatives:
            raise TypeError("Name at least one scope.")
        sets = (_checked([one] if isinstance(one, str) else one) for one in alternatives)
        return cls(tuple(dict.fromkeys(sets)))

    @classmethod
    def from_declaration(cls, declaration: Any) -> Self:
        """Return the requirement in ``declaration``: one scope, a list of scopes that are all needed, or a requirement.

        Raises ``TypeError`` and ``ValueError`` as ``all_of`` does.
        """
        if isinstance(declaration, cls):
            return declaration
        return cls((_checked_once((declaration,) if isinstance(declaration, str) else tuple(_iterated(declaration))),))

    @classmethod
    def union(cls, requirements: Iterable["ScopeRequirement"]) -> Self | None:
        """Return a requirement that is met where one of ``requirements`` is; None where there are none."""
        sets = tuple(dict.fromkeys(one for requirement in requirements for one in requirement.alternatives))
        return cls(sets) if sets else None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return every scope that is named, without duplicates."""
        return tuple(dict.fromkeys(scope for alternative in self.alternatives for scope in alternative))

    def is_met_by(self, granted: Collection[str]) -> bool:
        """Does ``granted`` hold every scope of one alternative?"""
        return any(set(alternative) <= set(granted) for alternative in self.alternatives)

    def nearest(self, granted: Collection[str]) -> tuple[str, ...]:
        """Return the alternative of which ``granted`` lacks the fewest scopes; of equal ones, that with more scopes."""
        return min(self.alternatives, key=lambda scopes: (len(set(scopes) - set(granted)), -len(scopes)))


def _iterated(scopes: Any) -> Iterable[Any]:
    if not isinstance(scopes, Iterable) or isinstance(scopes, bytes):
        raise TypeError(f"A scope is a string, not {scopes!r}.")
    return scopes


def _checked(scopes: Any) -> tuple[str, ...]:
    named = tuple(_iterated(scopes))
    if not named:
        raise TypeError("Name at least one scope.")
    for scope in named:
        if not isinstance(scope, str):
            raise TypeError(f"A scope is a string, not {scope!r}.")
        if not is_scope_token(scope):
            raise ValueError(f"{scope!r} is not one scope token; name each scope by itself.")
    return tuple(dict.fromkeys(named))


# A view is asked at every call what it declares.
_checked_once = lru_cache(maxsize=1024)(_checked)
