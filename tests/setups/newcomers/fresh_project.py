"""A project as ``startproject`` and our first page leave it, in which a newcomer then makes one mistake."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OF_TESTS = ("DJANGO_", "SETUP", "DATABASE", "CACHE_URL")

SETTINGS = """
INSTALLED_APPS += ["rest_framework", "oauth2_provider", "oauth_provider"]
"""
URLS = """
from django.urls import include
from oauth_provider import urls as oauth

urlpatterns += [path("accounts/", include(oauth.accounts)), path("", include("oauth_provider.urls"))]
"""


@dataclass(frozen=True, slots=True)
class FreshProject:
    """A project in ``folder``."""

    folder: Path

    @classmethod
    def start(cls, folder: Path) -> "FreshProject":
        """Start a project called ``shop``, with what our first page adds to it."""
        project = cls(folder)
        project.run("-m", "django", "startproject", "shop", ".").check_returncode()
        project.add("shop/settings.py", SETTINGS)
        project.add("shop/urls.py", URLS)
        return project

    def add(self, name: str, text: str) -> None:
        """Write ``text`` at the end of a file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.write(f"\n{text}\n")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project, as its developer does."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def manage(self, *command: str) -> str:
        """Return what a command of ``manage.py`` prints."""
        run = self.run("manage.py", *command)
        return run.stdout + run.stderr

    def environment(self) -> dict[str, str]:
        """Return the environment, without what is there for our own tests."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_TESTS)}
        return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
