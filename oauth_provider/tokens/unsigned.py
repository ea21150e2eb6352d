"""JWT access tokens that are not signed yet (RFC 9068): what is fixed of one while its authorization is locked."""

from dataclasses import dataclass
from datetime import datetime

from oauth_provider.protocol.token_string import make_jti


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Its name, when it begins, and whom it is for: ``resources`` are those that were asked for.

    No row is stored for it, and so none waits for its signature.
    """

    jti: str
    issued_at: datetime
    resources: tuple[str, ...]

    @classmethod
    def new(cls, issued_at: datetime, resources: tuple[str, ...]) -> "Unsigned":
        """Another token."""
        return cls(make_jti(), issued_at, resources)

    @classmethod
    def of(cls, said: list[str] | None) -> "Unsigned | None":
        """Read what ``as_list`` said; None where it was no JWT."""
        return None if said is None else cls(said[0], datetime.fromisoformat(said[1]), tuple(said[2:]))

    def as_list(self) -> list[str]:
        """For JSON: a repeated answer holds the same token, signed once more."""
        return [self.jti, self.issued_at.isoformat(), *self.resources]
