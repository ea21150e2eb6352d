"""Needs of a call (RFC 6750 §3, RFC 9470 §3, RFC 9396 §9): the scopes, sign-in and details that its token must have."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Scopes and sign-in that a call needs: all of ``scope``, one of ``acr_values`` (best first).

    ``max_age`` is in seconds. ``details`` are types of authorization details, for which no challenge has a
    parameter.
    """

    scope: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    details: tuple[str, ...] = ()

    def __and__(self, other: "Needs") -> "Needs":
        """Return the needs of both together."""
        ages = [age for age in (self.max_age, other.max_age) if age is not None]
        return Needs(
            scope=tuple(dict.fromkeys(self.scope + other.scope)),
            acr_values=tuple(dict.fromkeys(self.acr_values + other.acr_values)),
            max_age=min(ages, default=None),
            details=tuple(dict.fromkeys(self.details + other.details)),
        )

    def distance(self, granted: Collection[str]) -> tuple[int, int]:
        """Return a sort key for alternatives: the number of needs that a token with ``granted`` does not meet.

        Of two that are equally near, the one with more scopes comes first.
        """
        lacking = set(self.scope) - set(granted)
        steps_up = bool(self.acr_values) or self.max_age is not None
        return len(lacking) + steps_up + len(self.details), -len(self.scope)


NOTHING = Needs()
