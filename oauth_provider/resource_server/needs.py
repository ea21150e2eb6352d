"""What a call needs of its token (RFC 6750 §3, RFC 9470 §3): scopes, and how and when its user signed in."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """``scope`` are scopes all of which are needed, ``acr_values`` the best first, ``max_age`` is in seconds."""

    scope: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None

    def __and__(self, other: "Needs") -> "Needs":
        """Both together."""
        ages = [age for age in (self.max_age, other.max_age) if age is not None]
        return Needs(
            scope=tuple(dict.fromkeys(self.scope + other.scope)),
            acr_values=tuple(dict.fromkeys(self.acr_values + other.acr_values)),
            max_age=min(ages, default=None),
        )

    def distance(self, granted: Collection[str]) -> tuple[int, int]:
        """How far a token with the scopes ``granted`` is from them; of two that are as near, the fuller is less."""
        lacking = set(self.scope) - set(granted)
        steps_up = bool(self.acr_values) or self.max_age is not None
        return len(lacking) + steps_up, -len(self.scope)


NOTHING = Needs()
