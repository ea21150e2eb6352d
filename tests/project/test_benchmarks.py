"""The benchmarks still run: every operation of both subjects is answered with success."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.comparisons import COMPARISONS
from benchmarks.ratios import Round, ratio_of
from tests.each import each

ROOT = Path(__file__).resolve().parents[2]


def bench(*arguments: str, module: str = "benchmarks", **environment: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.postgres
@pytest.mark.xdist_group("benchmarks")
def test_one_request_of_each_operation_is_answered_by_both() -> None:
    run = bench("--rounds", "1", "--requests", "1", "--sign-ins", "100", "--json")
    assert run.returncode == 0, run.stderr
    results: list[dict[str, Any]] = json.loads(run.stdout)
    assert [one["comparison"]["name"] for one in results] == [one.name for one in COMPARISONS]
    assert all(one["ours"] > 0 and one["other"] > 0 for one in results)


@pytest.mark.postgres
@pytest.mark.xdist_group("benchmarks")
def test_another_tree_is_measured_beside_this_one() -> None:
    run = bench("--rounds", "1", "--requests", "1", "--sign-ins", "100", "--only", "guarded", "--beside", str(ROOT))
    assert run.returncode == 0, run.stderr
    assert [line.split("  ")[0] for line in run.stdout.splitlines()[1:]] == ["guarded view"]


# More statements than these, or more kilobytes, no page of the admin may cost, whatever it lists.
MAX_STATEMENTS, MAX_SIZE = 15, 100


@pytest.mark.postgres
@pytest.mark.xdist_group("benchmarks")
def test_every_page_of_the_admin_is_measured_and_keeps_its_budget() -> None:
    run = bench("--clients", "60", "--sign-ins", "600", "--times", "1", "--json", module="benchmarks.admin")
    assert run.returncode == 0, run.stderr
    costs: list[dict[str, Any]] = json.loads(run.stdout)
    names = [one["name"] for one in costs]
    for name in ("clients", "sign-ins, deep", "access tokens, search: a person", "consents, one", "clients, add"):
        assert name in names
    assert {one["name"]: one["statements"] for one in costs if one["statements"] > MAX_STATEMENTS} == {}
    assert {one["name"]: one["size"] for one in costs if one["size"] > MAX_SIZE} == {}
    assert all(one["typical"] > 0 for one in costs)


@each("module", ["benchmarks", "benchmarks.admin"])
@each("url", ["", "sqlite:///db.sqlite3"])
def test_without_postgresql_it_says_what_is_missing(url: str, module: str) -> None:
    run = bench(module=module, DATABASE_URL=url)
    assert run.returncode == 2
    assert "DATABASE_URL must name a PostgreSQL server" in run.stderr


def test_a_slow_round_does_not_decide() -> None:
    quiet = [Round(wall=100, cpu=50)] * 9
    disturbed = [*quiet[:-1], Round(wall=100_000, cpu=50)]
    ratio = ratio_of(disturbed, [Round(wall=300, cpu=50)] * 9, by=lambda one: one.wall)
    assert (ratio.middle, ratio.high) == (3, 3)
