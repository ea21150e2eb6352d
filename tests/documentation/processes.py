"""Processes in the project of a page: they find our commands first, and nothing of the project of these tests."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.documentation.blocks import ROOT

COMMANDS = Path(__file__).parent / "bin"
# Seconds. A command that takes longer is none that a page should ask for.
TIMEOUT = 180
PIPES: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | {"text": True}


def environment(**further: str) -> dict[str, str]:
    """The environment of a process in a project: our commands first, and nothing of the tests' own project."""
    ours = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "DATABASE_URL", "CACHE_URL", "PYTEST_ADDOPTS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PYTEST_")}
    path = os.pathsep.join([str(COMMANDS), str(Path(sys.executable).parent), kept.get("PATH", "")])
    own = {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "REPOSITORY": str(ROOT), "PATH": path}
    return {**kept, **own, **further}


def call(folder: Path, arguments: list[str], given: str = "", here: bool = False, **further: str) -> str:
    """Run a program in ``folder`` and return what it prints. Raise ``AssertionError`` with all it said if it fails."""
    if here:  # in the project itself, as manage.py is
        further |= {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "DJANGO_SETTINGS_MODULE": "project.settings"}
    with subprocess.Popen(
        arguments, cwd=folder, env=environment(**further), **PIPES, start_new_session=True
    ) as process:
        try:
            said, errors = process.communicate(given, timeout=TIMEOUT)
        finally:
            stop(process)
    assert process.returncode == 0, f"{' '.join(arguments[-3:])}\n{said}\n{errors}"
    return said


def stop(process: subprocess.Popen[str]) -> None:
    """End a process and all that it started, if any of them still runs."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
