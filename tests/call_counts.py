"""How many Python functions one request calls: what a slower machine cannot hide and a busy one cannot feign.

``python -m tests.call_counts`` counts, and ``--pin`` writes what it counted to ``call_counts.json``: on SQLite, or on
the PostgreSQL that ``DATABASE_URL`` names, where other paths are taken.
"""

import gc
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

PINNED = Path(__file__).with_name("call_counts.json")
# Where a test leaves its counts for the command line below.
COUNTED = "CALL_COUNTS"
TOLERANCE = 0.05


def pair() -> str:
    """The Python and the Django that counts are of; another pair calls other functions."""
    python, dj = platform.python_version_tuple(), django.VERSION
    return f"Python {python[0]}.{python[1]}, Django {dj[0]}.{dj[1]}"


def pinned() -> dict[str, Any]:
    """``pair`` and, for each database and operation, its ``calls``."""
    read: dict[str, Any] = json.loads(PINNED.read_text())
    return read


def calls(work: Callable[[], Any]) -> int:
    """How many Python functions ``work`` calls; what the garbage collector would call is left out."""
    counted = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event == "call"

    gc.collect()
    gc.disable()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return counted


def main(arguments: list[str]) -> None:
    """Count in a test of its own, print, and pin if that is asked for."""
    found = PINNED.with_suffix(".counted")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/project/test_call_counts.py", "-k", "pinned"]
    environment = {name: value for name, value in os.environ.items() if name != "CACHE_URL"}
    try:
        subprocess.run(command, env=environment | {COUNTED: str(found)}, stdout=subprocess.DEVNULL, check=False)
        counted = json.loads(found.read_text())
    finally:
        found.unlink(missing_ok=True)
    vendor, calls_of = counted["vendor"], counted["calls"]
    for operation, number in calls_of.items():
        sys.stdout.write(f"{operation:20}{number:6}\n")
    if "--pin" in arguments:
        pins = {**pinned(), "pair": pair(), "calls": pinned()["calls"] | {vendor: calls_of}}
        PINNED.write_text(json.dumps(pins, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
