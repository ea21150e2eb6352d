"""The set-ups of the design, each a project of its own: put in, used, and taken out again."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = Path(__file__).with_name("settings.py")
SETUPS = next(
    [key.value for key in statement.value.keys]
    for statement in ast.parse(SETTINGS.read_text()).body
    if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "SETUPS"
)


def python(module, *arguments, **environment):
    """What a process of its own prints."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"tests.setups.{module}", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.setups.settings", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize("setup", SETUPS)
def test_a_project_takes_our_app_in_uses_it_and_takes_it_out_again(tmp_path, setup):
    environment = {"SETUP": setup, "DATABASE": str(tmp_path / "project.sqlite3")}
    tokens = python("project", **environment).split()
    python("alone", *tokens, ALONE="1", **environment)
