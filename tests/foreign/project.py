"""A Django project in a process of its own, on an SQLite file of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.demo.server import LEFT_OUT, ROOT, free_port, wait_for


@dataclass(frozen=True, slots=True)
class Project:
    """``settings`` is its module, ``address`` where it answers, as scheme, host and port."""

    settings: str
    address: str
    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """What ``python *arguments`` prints inside the project; raises if it fails."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment(),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    @contextmanager
    def served(self) -> Iterator[None]:
        """While it lasts, the project answers."""
        self.run("-m", "django", "migrate", "--verbosity", "0")
        log = self.folder / "server.log"
        command = [sys.executable, "-m", "django", "runserver", "--noreload", urlsplit(self.address).netloc]
        with log.open("w") as output:
            server = subprocess.Popen(command, cwd=ROOT, env=self._environment(), stdout=output, stderr=output)
        try:
            wait_for(f"{self.address}/", log)
            yield
        finally:
            server.terminate()
            server.wait(timeout=10)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        own = {"DJANGO_SETTINGS_MODULE": self.settings, "ADDRESS": self.address}
        return {**inherited, **own, "DATABASE_FILE": str(self.folder / "db.sqlite3"), **self.environment}


def project(settings: str, folder: Path, **environment: str) -> Project:
    """One that will answer on a free port."""
    return Project(settings, f"http://127.0.0.1:{free_port()}", folder, environment)
