"""What a call needs in scopes (RFC 6750 §3.1): all of one set, where there may be several sets to choose from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from oauth_provider.protocol.scope import is_scope_token


@dataclass(frozen=True, slots=True)
class ScopeRequirement:
    """A token meets it by holding every scope of one of the ``alternatives``, which stand in order of preference."""

    alternatives: tuple[tuple[str, ...], ...]

    @classmethod
    def all_of(cls, *scopes: str) -> Self:
        """Every one of ``scopes``.

        Raises ``TypeError`` where none is named or one is not a string, and ``ValueError`` where one is not
        a scope token (RFC 6749 §3.3).
        """
        return cls((_checked(scopes),))

    @classmethod
    def any_of(cls, *alternatives: str | Iterable[str]) -> Self:
        """One of ``alternatives``, each a scope or a list of scopes that are needed together. Raises as ``all_of``."""
        if not alternatives:
            raise TypeError("Name at least one scope.")
        sets = (_checked([one] if isinstance(one, str) else one) for one in alternatives)
        return cls(tuple(dict.fromkeys(sets)))

    @classmethod
    def declared(cls, declaration: Any) -> Self:
        """What was written as one scope, a list of scopes all of which are needed, or this. Raises as ``all_of``."""
        if isinstance(declaration, cls):
            return declaration
        return cls((_checked_once((declaration,) if isinstance(declaration, str) else tuple(_iterated(declaration))),))

    @classmethod
    def either(cls, requirements: Iterable["ScopeRequirement"]) -> Self | None:
        """What one of ``requirements`` asks for, whichever it is; None where there are none."""
        sets = tuple(dict.fromkeys(one for requirement in requirements for one in requirement.alternatives))
        return cls(sets) if sets else None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that is named, each once."""
        return tuple(dict.fromkeys(scope for alternative in self.alternatives for scope in alternative))

    def is_met_by(self, granted: Collection[str]) -> bool:
        """Do the scopes ``granted`` hold one of the alternatives?"""
        return any(set(alternative) <= set(granted) for alternative in self.alternatives)

    def nearest(self, granted: Collection[str]) -> tuple[str, ...]:
        """The alternative of which ``granted`` lacks the least; of two that lack nothing, the one that uses more."""
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
