"""The trip of a request through our own code: calls, files, crossings between packages, and climbs.

``make trip`` prints it from a profile, on PostgreSQL. A *call* is one of a function of ours (no comprehension); it
*crosses* where the function of ours that called it, or had a library call it, stands in another package; it *climbs*
where that package is in a lower layer (``pyproject.toml``), so that whoever reads downwards has to go back.
"""

import gc
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import oauth_provider

PACKAGE = Path(oauth_provider.__file__).parent
ROOT = Path(__file__).resolve().parent.parent
COMPREHENSIONS = {"<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>", "<module>"}


@dataclass(slots=True)
class Trip:
    """What one request went through. ``crossings`` and ``climbs`` are by the packages that are left and entered."""

    calls: int = 0
    files: set[str] = field(default_factory=set)
    crossings: Counter[tuple[str, str]] = field(default_factory=Counter)
    climbs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def enter(self, place: str, caller: str | None) -> None:
        """Note a call of a function in the file ``place`` by one in the file ``caller``."""
        self.calls += 1
        self.files.add(place)
        if caller is None or package_of(place) == package_of(caller):
            return
        way = package_of(caller), package_of(place)
        self.crossings[way] += 1
        below, above = layer_of(way[0]), layer_of(way[1])
        if below is not None and above is not None and above < below:
            self.climbs[f"{caller}", f"{place}"] += 1


def travel(work: Callable[[], Any]) -> Trip:
    """Return the trip of ``work``."""
    trip = Trip()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        place = place_of(frame.f_code.co_filename)
        # A generator that goes on is no call.
        if event == "call" and place and frame.f_code.co_name not in COMPREHENSIONS and frame.f_lasti <= 0:
            trip.enter(place, _caller(frame.f_back))

    gc.collect()
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return trip


def _caller(frame: FrameType | None) -> str | None:
    while frame is not None:
        if place := place_of(frame.f_code.co_filename):
            return place
        frame = frame.f_back
    return None


@cache
def place_of(filename: str) -> str | None:
    """Return the path of a file of ours below the package; None for any other."""
    path = Path(filename)
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else None


def package_of(place: str) -> str:
    """Return the name of the package, or of the module beside the packages, that a file stands in."""
    return place.partition("/")[0].removesuffix(".py")


@cache
def layer_of(package: str) -> int | None:
    """Return how deep the layer of ``package`` is; None for what stands beside the layers."""
    return _layers().get(package)


@cache
def _layers() -> dict[str, int]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["type"] == "layers" and "protocol" in one["layers"])
    return {name.strip().strip("()"): depth for depth, layer in enumerate(layers) for name in layer.split("|")}


def described(operation: str, trip: Trip) -> str:
    """Return ``trip`` in words, the ways between packages by how often they were taken."""
    lines = [f"{operation}: {trip.calls} calls, {len(trip.files)} files, {trip.crossings.total()} crossings"]
    lines += [f"  {times:4} {left} > {entered}" for (left, entered), times in trip.crossings.most_common()]
    lines += [f"  climbs from {left} to {entered}" for left, entered in trip.climbs]
    return "\n".join(lines) + "\n"
