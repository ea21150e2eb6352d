"""From samples to ratios that a busy machine does not decide.

Two sides are measured in turns, so that what slows the machine down slows both. A round gives one ratio, of its two
medians; the result is the median of the rounds' ratios, and the interval in which 95 of 100 resamplings of them lie.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

RESAMPLINGS = 2000


@dataclass(frozen=True, slots=True)
class Round:
    """The medians of one round, in microseconds: by the clock, and of CPU time."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many requests of ours take the time of one of the other, and between which bounds that is."""

    middle: float
    low: float
    high: float


def ratio_of(ours: Sequence[Round], other: Sequence[Round], *, by: Callable[[Round], float]) -> Ratio:
    """The ratio of rounds that were measured side by side."""
    ratios = [by(theirs) / by(mine) for mine, theirs in zip(ours, other, strict=True)]
    draw = random.Random(1)  # noqa: S311 - the same samples give the same interval
    medians = sorted(median(draw.choices(ratios, k=len(ratios))) for _ in range(RESAMPLINGS))
    return Ratio(median(ratios), medians[RESAMPLINGS * 25 // 1000], medians[RESAMPLINGS * 975 // 1000 - 1])
