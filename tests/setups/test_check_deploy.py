"""``manage.py check --deploy`` in what ``startproject`` writes, with what install.md says and PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.checked_settings import NAMED, POSTGRESQL

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = (ROOT / "docs" / "how-to" / "install.md").read_text()
SETTINGS, URLS = (INSTALL.split(f"# {name}\n")[1].split("```")[0] for name in ("settings.py", "urls.py"))


def run(folder, *arguments):
    """A process in ``folder``."""
    of_tests = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = {name: value for name, value in os.environ.items() if name not in of_tests}
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("database", [None, POSTGRESQL | NAMED])
def test_the_first_command_of_the_documentation_answers(tmp_path, database):
    assert run(tmp_path, "-m", "django", "startproject", "shop", ".").returncode == 0
    with (tmp_path / "shop" / "settings.py").open("a") as settings:
        settings.write(SETTINGS)
        if database is not None:
            settings.write(f'DATABASES = {{"default": {database!r}}}\n')
    with (tmp_path / "shop" / "urls.py").open("a") as urls:
        urls.write("from django.urls import include\n" + URLS)

    checked = run(tmp_path, "manage.py", "check", "--deploy")

    assert checked.returncode == 0, checked.stderr
    assert "Traceback" not in checked.stderr
    assert ("oauth_provider.I001" in checked.stderr) is (database is not None)
    assert "ERRORS" not in checked.stderr
