"""Transcript: all exchanges and checks of a walk, with secrets masked."""

from dataclasses import dataclass, field, replace
from typing import Any

from oauth_provider.walk.transcript.check import Check
from oauth_provider.walk.transcript.masking import Mask
from oauth_provider.walk.transcript.screen import Screen
from oauth_provider.walk.wire import Exchange


@dataclass(slots=True)
class StepRecord:
    """Exchanges and checks of one step; ``skipped`` says why there are none."""

    number: int
    title: str
    spec: str
    exchanges: list[Exchange] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    skipped: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "number": self.number,
            "title": self.title,
            "spec": self.spec,
            "skipped": self.skipped or None,
            "exchanges": [exchange_as_json(exchange) for exchange in self.exchanges],
            "checks": [check.as_json() for check in self.checks],
        }


@dataclass(slots=True)
class WalkRecord:
    """Record of one grant, with all its steps."""

    grant: str
    steps: list[StepRecord] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the walk as JSON values."""
        return {"grant": self.grant, "steps": [step.as_json() for step in self.steps]}


class Transcript:
    """Keeps the records, and shows them on ``screen`` at once."""

    def __init__(self, screen: Screen, mask: Mask) -> None:
        self.screen = screen
        self.walks: list[WalkRecord] = []
        self.is_short = False
        self._mask = mask

    @property
    def steps(self) -> list[StepRecord]:
        """Return the steps of all walks."""
        return [step for walk in self.walks for step in walk.steps]

    @property
    def failures(self) -> list[tuple[StepRecord, Check]]:
        """Return the checks that failed, each with its step."""
        return [(step, check) for step in self.steps for check in step.checks if not check.ok]

    @property
    def passed(self) -> int:
        """Return the number of checks that hold."""
        return sum(check.ok for step in self.steps for check in step.checks)

    def unwatched(self) -> "Transcript":
        """Return a transcript that is not shown, for clean-up."""
        silent = Transcript(self.screen.silent(), self._mask)
        silent.begin_walk("", "")
        silent.begin("", "", "")
        return silent

    def begin_walk(self, grant: str, summary: str) -> None:
        """Begin the record of a grant."""
        self.walks.append(WalkRecord(grant))
        self.screen.walk(grant, summary)

    def begin(self, title: str, spec: str, why: str) -> None:
        """Begin the record of a step."""
        self._add(title, spec)
        self.screen.step(len(self.walks[-1].steps), title, spec, why)

    def skip(self, title: str, spec: str, reason: str) -> None:
        """Record a step that is not played, and why."""
        self._add(title, spec).skipped = reason
        self.screen.skipped(len(self.walks[-1].steps), title, reason)

    def abandon(self, reason: str) -> None:
        """Record that the present step has nothing to play, and why."""
        self.walks[-1].steps[-1].skipped = reason
        self.screen.note(f"Skipped: {reason}.")

    def exchange(self, exchange: Exchange) -> None:
        """Record an exchange, masked."""
        masked = self._mask.exchange(exchange)
        self.walks[-1].steps[-1].exchanges.append(masked)
        if self.is_short:
            self.screen.line_of(masked)
        else:
            self.screen.exchange(masked)

    def check(self, check: Check) -> None:
        """Record a check, masked."""
        text, expected, actual = map(self._mask.text, (check.text, check.expected, check.actual))
        check = replace(check, text=text, expected=expected, actual=actual)
        self.walks[-1].steps[-1].checks.append(check)
        if not (self.is_short and check.ok):
            self.screen.check(check)

    def _add(self, title: str, spec: str) -> StepRecord:
        steps = self.walks[-1].steps
        steps.append(StepRecord(len(steps) + 1, title, spec))
        return steps[-1]


def exchange_as_json(exchange: Exchange) -> dict[str, Any]:
    """Return a request and its response as JSON values."""
    request, response = exchange.request, exchange.response
    return {
        "actor": request.actor,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": dict(request.form) if request.form is not None else None,
        },
        "response": {
            "status": response.status,
            "headers": dict(response.headers.items()),
            "body": response.members() or response.body,
        },
    }
