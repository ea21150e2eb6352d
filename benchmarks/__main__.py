"""Side by side with bare django-oauth-toolkit, or with another commit of ours, in one run: ``make bench``."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.comparisons import COMPARISONS, EVERY_FLOW, Comparison, Side
from benchmarks.ratios import Round
from benchmarks.report import Result, as_json, as_table

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = 60
MICRO = 1000


class Worker:
    """One server in its own process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, do: str, **order: Any) -> Any:
        """The answer to one order. Raises ``SystemExit`` where the worker has died; it has said why."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise TypeError("a worker is asked and answers by pipes")
        stdin.write(json.dumps({"do": do, **order}) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise SystemExit(f"The worker ended with {self._process.wait()}.")
        return json.loads(line)

    def round(self, operation: str, count: int) -> Round:
        """The medians of ``count`` requests."""
        samples = self.ask("measure", operation=operation, count=count)
        wall, cpu = (median(sample[name] for sample in samples) / MICRO for name in ("wall", "cpu"))
        return Round(wall, cpu)


@contextmanager
def working(subject: str) -> Iterator[Worker]:
    """A worker, until the end of the block, where it drops its database. ``subject@folder`` is that of another tree."""
    subject, _at, folder = subject.partition("@")
    with TemporaryDirectory() as ours:
        # These benchmarks, and the packages of that tree.
        Path(ours, "benchmarks").symlink_to(ROOT / "benchmarks")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([ours, folder or str(ROOT)])}
        if folder:
            environment["BENCHMARK_SUFFIX"] = "_beside"
        command = [sys.executable, "-P", "-m", "benchmarks.worker", subject]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=environment, **pipes) as process:  # noqa: S603 - a module of ours
            yield Worker(process)


def run(comparisons: Sequence[Comparison], rounds: int, requests: int) -> list[Result]:
    """Measure everything that is compared."""
    sides = sorted({side for one in comparisons for side in (one.ours, one.other)}, key=lambda side: side.operation)
    measured: dict[Side, list[Round]] = {side: [] for side in sides}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(working(name)) for name in {side.subject for side in sides}}
        for side in sides:
            workers[side.subject].round(side.operation, min(WARM_UP, requests))
        for worker in workers.values():
            worker.ask("settle")
        statements = {side: workers[side.subject].ask("statements", operation=side.operation) for side in sides}
        for number in range(rounds):
            # Whoever comes first in one round comes last in the next.
            for side in sides if number % 2 else reversed(sides):
                measured[side].append(workers[side.subject].round(side.operation, requests))
    return [Result.of(one, measured, statements) for one in comparisons]


def beside(folder: str) -> list[Comparison]:
    """Every flow of ours with the same flow of another tree."""
    return [
        Comparison(name, Side("ours", operation), Side(f"ours@{folder}", operation))
        for name, operation in EVERY_FLOW.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each operation is measured (15)")
    parser.add_argument("--requests", type=int, default=40, help="how many requests a round has (40)")
    parser.add_argument("--only", default="", help="only what has this in its name: guarded, refresh")
    parser.add_argument("--beside", default="", help="compare with the oauth_provider of this folder, a worktree")
    parser.add_argument("--sign-ins", default="10000", help="how many sign-ins each database holds (10000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        parser.error("DATABASE_URL must name a PostgreSQL server: postgres://user@127.0.0.1:5432/name")
    os.environ["BENCHMARK_SIGN_INS"] = options.sign_ins
    compared = beside(str(Path(options.beside).resolve())) if options.beside else COMPARISONS
    results = run([one for one in compared if options.only in one.name], options.rounds, options.requests)
    print(as_json(results) if options.json else as_table(results))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main()
