"""A check: one sentence of a specification, and whether it held."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """``text`` says what ``spec`` asks for. What was expected and what came matter where it did not hold."""

    spec: str
    text: str
    ok: bool
    expected: str = ""
    actual: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        said = {"spec": self.spec, "text": self.text, "ok": self.ok}
        return said | {"expected": self.expected, "actual": self.actual}
