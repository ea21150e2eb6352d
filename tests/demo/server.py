"""The demo as a visitor meets it: a server of its own, on a database of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "CACHE_URL", "SECRET_KEY", "ISSUER", "DEBUG"}


@dataclass(frozen=True, slots=True)
class Demo:
    """``manage.py`` with the demo's settings, and where the demo answers."""

    environment: dict[str, str]
    database: Path

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.environment['PORT']}"

    def manage(self, *arguments: str) -> str:
        """What ``manage.py`` prints; raises if it fails."""
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def seed(self) -> dict[str, Any]:
        """The demo as ``demo_seed --json`` tells it."""
        return json.loads(self.manage("demo_seed", "--json"))

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """The command line. Warnings are errors here too."""
        return [sys.executable, "-W", "error", "manage.py", *arguments]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def migrated(directory: Path, **environment: str) -> Demo:
    """A demo whose database is in ``directory``; nothing is seeded yet. ``environment`` is its own."""
    database = directory / "demo.sqlite3"
    inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    own = {"DATABASE_URL": f"sqlite:///{database}", "PORT": str(free_port()), **environment}
    demo = Demo({**inherited, **own}, database)
    demo.manage("migrate", "--verbosity", "0")
    return demo


@contextmanager
def served(demo: Demo) -> Iterator[None]:
    """While it lasts, the demo answers."""
    log = demo.database.with_suffix(".log")
    with log.open("w") as output:
        server = subprocess.Popen(
            demo.command("runserver", "--noreload", demo.address),
            cwd=ROOT,
            env=demo.environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(f"http://{demo.address}/", log)
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)


def wait_for(url: str, log: Path) -> None:
    """Until the server answers, for at most a minute."""
    for _ in range(600):
        try:
            requests.get(url, timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The demo does not answer: {log.read_text()}")
