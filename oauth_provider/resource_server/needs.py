"""What a call needs of its token (RFC 6750 §3, RFC 9470 §3, RFC 9396 §9): scopes, a sign-in, and details."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """``scope`` are scopes all of which are needed, ``acr_values`` the best first, ``max_age`` is in seconds.

    ``details`` are types of authorization details, for which no challenge has a parameter.
    """

    scope: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    details: tuple[str, ...] = ()

    def __and__(self, other: "Needs") -> "Needs":
        """Both together."""
        ages = [age for age in (self.max_age, other.max_age) if age is not None]
        return Needs(
            scope=tuple(dict.fromkeys(self.scope + other.scope)),
            acr_values=tuple(dict.fromkeys(self.acr_values + other.acr_values)),
            max_age=min(ages, default=None),
            details=tuple(dict.fromkeys(self.details + other.details)),
        )

    def distance(self, granted: Collection[str]) -> tuple[int, int]:
        """How far a token with the scopes ``granted`` is from them; of two that are as near, the fuller is less."""
        lacking = set(self.scope) - set(granted)
        steps_up = bool(self.acr_values) or self.max_age is not None
        return len(lacking) + steps_up + len(self.details), -len(self.scope)


NOTHING = Needs()
