"""Required sign-in (RFC 9470 §3): ``acr_values`` and ``max_age``, and whether a token meets them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.needs import Needs


@dataclass(frozen=True, slots=True)
class SignIn:
    """Requirement on the user's sign-in: one of ``acr_values`` (best first), at most ``max_age`` seconds ago.

    Raises ``TypeError`` and ``ValueError`` for values that no challenge can express.
    """

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None

    def __post_init__(self) -> None:
        if self.max_age is not None and self.max_age < 0:
            raise ValueError("max_age is a number of seconds, and none is less than 0.")
        ScopeRequirement.all_of(*self.acr_values or ("none",))  # One value has the alphabet of one scope.

    @classmethod
    def of(cls, acr: str | Iterable[str] = (), max_age: int | None = None) -> "SignIn":
        """Return the requirement. ``acr`` is one value or several, the best first; ``max_age`` is in seconds."""
        return cls((acr,) if isinstance(acr, str) else tuple(acr), max_age)

    @property
    def needs(self) -> Needs:
        """Return the requirement as a challenge expresses it."""
        return Needs(acr_values=self.acr_values, max_age=self.max_age)

    def is_met_by(self, token: Any) -> bool:
        """Did the user of ``token`` sign in like this? An unknown time of sign-in counts as too long ago."""
        if self.acr_values and getattr(token, "acr", None) not in self.acr_values:
            return False
        auth_time: datetime | None = getattr(token, "auth_time", None)
        if self.max_age is None:
            return True
        age = timedelta(seconds=self.max_age) + getattr(token, "leeway", timedelta(0))
        return auth_time is not None and datetime.now(UTC) - auth_time <= age
