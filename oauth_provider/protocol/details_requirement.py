"""Requirements on authorization details (RFC 9396 §2.2 and §9): one element that allows a call at its URL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.authorization_details import Detail, canonical, is_at

DESCRIPTION = "The access token lacks authorization details for this call."


@dataclass(frozen=True, slots=True)
class DetailsRequirement:
    """One authorization detail that a call needs: its ``type``, and the ``members`` that it must have.

    Of a list it must hold every value named here; any other member must be equal. One element must have all of it:
    what two elements allow together, neither of them allows (RFC 9396 §2.2). Raises ``TypeError`` for an empty
    type, and where ``members`` names ``type`` or ``locations``.
    """

    type: str
    members: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.type, str) or not self.type:
            raise TypeError("Name one type of authorization details.")
        if {"type", "locations"} & self.members.keys():
            raise TypeError("type stands first, and locations are compared with the URL of the call.")

    def met_by(self, details: Iterable[Detail], url: str) -> Detail | None:
        """Return the first of ``details`` that allows the call at ``url``, or None."""
        return next((detail for detail in details if self._allows(detail, url)), None)

    def _allows(self, detail: Detail, url: str) -> bool:
        if detail.get("type") != self.type or not is_at(detail, url):
            return False
        return all(name in detail and _holds(detail[name], needed) for name, needed in self.members.items())


def _holds(value: Any, needed: Any) -> bool:
    if not isinstance(value, list | tuple):
        return canonical(value) == canonical(needed)
    listed = needed if isinstance(needed, list | tuple | set | frozenset) else [needed]
    return {canonical(one) for one in listed} <= {canonical(one) for one in value}
