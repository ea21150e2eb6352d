"""Which test is marked with which section of which specification: ``pytest.mark.spec``, collected and not run."""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
TARGET = "SPEC_MARKS_FILE"


class Mark(NamedTuple):
    """``test`` is the node's id, without its parameters."""

    document: str
    section: str
    test: str
    case: str


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note the marks, where this module was loaded as a plugin."""
    marks = [
        (*map(str, mark.args), item.nodeid.partition("[")[0], item.nodeid)
        for item in session.items
        for mark in item.iter_markers("spec")
    ]
    Path(os.environ[TARGET]).write_text(json.dumps(marks))


@cache
def collected() -> tuple[Mark, ...]:
    """Every mark of every test there is, by a process of its own: this one may be in the middle of a run."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "marks.json")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "tests.marks", "-m", "", "-n", "0"],
            cwd=ROOT,
            env=os.environ | {TARGET: str(target)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return tuple(Mark(*fields) for fields in json.loads(target.read_text()))
