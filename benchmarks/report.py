"""The results as a table, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.comparisons import Comparison, Side
from benchmarks.ratios import Ratio, Round, ratio_of

HEADINGS = ("", "ours", "other", "ratio", "95 %", "CPU ratio", "goal", "reached", "SQL")


@dataclass(frozen=True, slots=True)
class Result:
    """One comparison: microseconds of a request by the clock, ratios, and SQL statements of both."""

    comparison: Comparison
    ours: float
    other: float
    wall: Ratio
    cpu: Ratio
    statements: tuple[int, int]

    @classmethod
    def of(
        cls, comparison: Comparison, measured: Mapping[Side, Sequence[Round]], statements: Mapping[Side, int]
    ) -> "Result":
        """From the rounds of both sides."""
        ours, other = measured[comparison.ours], measured[comparison.other]
        return cls(
            comparison,
            ours=median(one.wall for one in ours),
            other=median(one.wall for one in other),
            wall=ratio_of(ours, other, by=lambda one: one.wall),
            cpu=ratio_of(ours, other, by=lambda one: one.cpu),
            statements=(statements[comparison.ours], statements[comparison.other]),
        )

    @property
    def is_reached(self) -> bool | None:
        """By the clock and by CPU time: waiting for a busy machine makes nobody fast."""
        goal = self.comparison.goal
        return None if goal is None else min(self.wall.middle, self.cpu.middle) >= goal


def as_json(results: Sequence[Result]) -> str:
    """A list of what ``Result`` holds."""
    listed: list[dict[str, Any]] = [{**asdict(one), "is_reached": one.is_reached} for one in results]
    return json.dumps(listed, indent=2)


def as_table(results: Sequence[Result]) -> str:
    """One line for each comparison; a ratio says how many times as many requests are answered."""
    rows = [HEADINGS, *(_row(one) for one in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(result: Result) -> tuple[str, ...]:
    wall = result.wall
    return (
        result.comparison.name,
        f"{result.ours:.0f} µs",
        f"{result.other:.0f} µs",
        f"{wall.middle:.2f}",
        f"{wall.low:.2f} to {wall.high:.2f}",
        f"{result.cpu.middle:.2f}",
        "" if result.comparison.goal is None else f"{result.comparison.goal:g}",
        {True: "yes", False: "no", None: ""}[result.is_reached],
        "{} : {}".format(*result.statements),
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
