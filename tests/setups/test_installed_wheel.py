"""The wheel in an empty virtual environment, on each Python that is there, with the newest Django that it takes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tutorial.machine import built_wheel, inherited_environment

SUPPORTED = ("3.11", "3.12", "3.13")
APPS = 'INSTALLED_APPS += ["oauth2_provider", "oauth_provider"]\n'
URLS = """from django.urls import include, path

from oauth_provider import urls as oauth

urlpatterns = [path("accounts/", include(oauth.accounts)), path("", include("oauth_provider.urls"))]
"""
NEWEST = """
import sys, django, oauth_provider
print(django.VERSION >= (6, 1) or sys.version_info < (3, 12), oauth_provider.__file__)
"""


def interpreters() -> dict[str, str]:
    """The supported interpreters of this machine that can make virtual environments, by version."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {here: str(Path(sys.base_prefix) / "bin" / f"python{here}")}
    for version in SUPPORTED:
        kept = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")
        for path in (shutil.which(f"python{version}"), *map(str, kept)):
            if (
                path
                and subprocess.run([path, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
            ):
                found.setdefault(version, path)
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory)


@pytest.mark.parametrize("version", SUPPORTED)
def test_the_wheel_checks_and_migrates_in_an_empty_environment(version: str, wheel: Path, tmp_path: Path) -> None:
    if version not in interpreters():
        pytest.skip(f"no Python {version} on this machine")
    python = tmp_path / "venv" / "bin" / "python"

    def run(*command: object) -> str:
        environment = inherited_environment() | {
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PIP_NO_COMPILE": "1",  # most of it is never imported
        }
        done = subprocess.run(
            [*map(str, command)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    run(interpreters()[version], "-m", "venv", "venv")
    run(python, "-m", "pip", "install", "--quiet", wheel)
    run(python, "-m", "django", "startproject", "site_of_somebody", ".")
    with (tmp_path / "site_of_somebody" / "settings.py").open("a") as settings:
        settings.write(APPS)
    (tmp_path / "site_of_somebody" / "urls.py").write_text(URLS)

    manage = (python, "-W", "error::DeprecationWarning:oauth_provider", "manage.py")
    assert "no issues" in run(*manage, "check", "--fail-level", "WARNING")
    assert "Applying oauth_provider.0001_initial... OK" in run(*manage, "migrate")
    assert "No changes detected" in run(*manage, "makemigrations", "--check", "--dry-run")
    is_newest, place = run(python, "-c", NEWEST).split()
    assert is_newest == "True"
    assert place.startswith(str(tmp_path))
