"""Receipts on *Connected apps*: what the person was shown and agreed to, in the words of then (ISO/IEC TS 27560)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oauth_provider.models import ConsentReceipt

MAX_RECEIPTS = 30


@dataclass(frozen=True, slots=True)
class Receipt:
    """One yes: to whom, when, and ``content`` as it was written then."""

    when: datetime
    language: str
    version: str
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """Return what the application called itself then."""
        return str(self.content["client"]["name"])

    @property
    def context(self) -> tuple[str, str] | None:
        """Return the key of what the person acted for, and its name then; None for themselves."""
        context = self.content["context"]
        return (context["context"], context["name"]) if context else None

    @property
    def agreed(self) -> list[str]:
        """Return the words of the permissions that were given."""
        return [one["words"] for one in self.content["permissions"] if one["agreed"]]

    @property
    def refused(self) -> list[str]:
        """Return the words of the permissions that were shown and not given."""
        return [one["words"] for one in self.content["permissions"] if not one["agreed"]]

    @property
    def until(self) -> datetime | None:
        """Return the end that was chosen."""
        until = self.content["until"]
        return datetime.fromisoformat(until) if until else None


def receipts_of(user: Any) -> list[Receipt]:
    """Return the last receipts of ``user``, the latest first."""
    rows = ConsentReceipt.objects.of_person(str(user.pk))
    return [Receipt(row.given_at, row.language, row.version, row.content) for row in rows[:MAX_RECEIPTS]]
