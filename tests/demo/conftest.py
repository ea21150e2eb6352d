"""The demo as a visitor meets it: a server of its own, on a database of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Demo:
    """``manage.py`` with the demo's settings, and where the demo answers."""

    environment: dict[str, str]
    database: Path

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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A migrated demo; nothing is seeded yet."""
    database = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    left_out = {"DJANGO_SETTINGS_MODULE", "CACHE_URL", "SECRET_KEY", "ISSUER", "DEBUG"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    made = Demo({**environment, "DATABASE_URL": f"sqlite:///{database}", "PORT": str(free_port())}, database)
    made.manage("migrate", "--verbosity", "0")
    return made


@pytest.fixture(scope="session")
def seeded(demo: Demo) -> Iterator[dict[str, Any]]:
    """The seeded demo, served; what ``demo_seed --json`` printed."""
    described = demo.seed()
    address = f"127.0.0.1:{demo.environment['PORT']}"
    log = demo.database.with_suffix(".log")
    with log.open("w") as output:
        server = subprocess.Popen(
            demo.command("runserver", "--noreload", address),
            cwd=ROOT,
            env=demo.environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(f"http://{address}/", log)
        yield described
    finally:
        server.terminate()
        server.wait(timeout=10)


def wait_for(url: str, log: Path) -> None:
    """Until the server answers, for at most 20 seconds."""
    for _ in range(200):
        try:
            requests.get(url, timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The demo does not answer: {log.read_text()}")
