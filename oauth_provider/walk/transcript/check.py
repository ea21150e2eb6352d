"""Check: one sentence of a specification, and whether it holds."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``text`` says what ``spec`` asks for. ``expected`` and ``actual`` are shown if it does not hold."""

    spec: str
    text: str
    ok: bool
    expected: str = ""
    actual: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the check as JSON values."""
        said = {"spec": self.spec, "text": self.text, "ok": self.ok}
        return said | {"expected": self.expected, "actual": self.actual}
