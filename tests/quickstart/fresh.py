"""A project as ``startproject`` makes it, with the lines of the documentation: on a database and a port of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.demo.server import LEFT_OUT, ROOT, free_port, wait_for

USERNAME, PASSWORD = "robin", "correct horse"
SETTINGS = """
INSTALLED_APPS += ["oauth2_provider", "oauth_provider"]
OAUTH_PROVIDER = {"SCOPES": {"notes:read": "Read your notes"}}
OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http", "com.example.app"]}
"""
URLS = """
from django.urls import include
from oauth_provider import urls as oauth

urlpatterns += [path("accounts/", include(oauth.accounts)), path("", include("oauth_provider.urls"))]
"""


@dataclass(frozen=True, slots=True)
class FreshProject:
    """The project in ``folder``, which answers at ``address`` while it is ``served``."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tests' own settings."""
        inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        return inherited | {"PYTHONPATH": str(ROOT), "DJANGO_SUPERUSER_PASSWORD": PASSWORD}

    def append(self, name: str, text: str) -> None:
        """Add lines to a file, as somebody pastes them."""
        with (self.folder / "mysite" / name).open("a") as file:
            file.write(f"\n{text}\n")

    def run(self, *command: str, check: bool = True, **options: str) -> subprocess.CompletedProcess[str]:
        """A command in the folder. Warnings of Python are errors."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **options},
            check=check,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """``manage.py``."""
        return self.run(sys.executable, "-W", "error", "manage.py", *arguments, check=check)

    @contextmanager
    def serve(self, command: list[str], url: str) -> Iterator[None]:
        """While it lasts, a server of the project's folder answers."""
        log = self.folder / f"{Path(command[1]).stem}.log"
        with log.open("w") as output:
            server = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=output, stderr=output)
        try:
            wait_for(url, log)
            yield
        finally:
            server.terminate()
            server.wait(timeout=10)

    @contextmanager
    def served(self) -> Iterator[None]:
        """While it lasts, the provider answers."""
        command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"]
        with self.serve(command, f"{self.address}/accounts/login/"):
            yield


def fresh_project(folder: Path) -> FreshProject:
    """One with its tables and a user."""
    project = FreshProject(folder, free_port())
    project.run(sys.executable, "-m", "django", "startproject", "mysite", ".")
    project.append("settings.py", SETTINGS)
    project.append("urls.py", URLS)
    project.manage("migrate", "--verbosity", "0")
    project.manage("createsuperuser", "--noinput", "--username", USERNAME, "--email", "robin@example.com")
    return project
