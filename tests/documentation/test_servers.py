"""The settings that docs/how-to/servers.md prints: ``check --deploy`` finds nothing in them but what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.printed import ROOT, printed

PAGE = "how-to/servers.md"
LEFT = {"security.W005", "security.W021"}
GIVEN = {
    "SECRET_KEY": "k9s8d7f6g5h4j3k2l1q0w9e8r7t6y5u4i3o2p1a0s9d8f7g6h5xyz",
    "DATABASE_HOST": "127.0.0.1",
    "DATABASE_NAME": "provider",
    "DATABASE_USER": "provider",
    "DATABASE_PASSWORD": "a-password",
    "REDIS_URL": "redis://127.0.0.1:6379",
}
INSTALL = """
INSTALLED_APPS += ["oauth2_provider", "oauth_provider"]
"""
URLS = """
from django.urls import include, path
from oauth_provider import urls as oauth

urlpatterns += [path("accounts/", include(oauth.accounts)), path("", include("oauth_provider.urls"))]
"""


def manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    own = {**inherited, **GIVEN, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )


def project(folder: Path, settings: str) -> None:
    """What ``startproject`` makes, with what the pages print at the end of its files."""
    subprocess.run([sys.executable, "-m", "django", "startproject", "project", "."], cwd=folder, check=True)
    for name, text in (("settings", INSTALL + settings), ("urls", URLS)):
        with (folder / "project" / f"{name}.py").open("a") as file:
            file.write(text)
    (folder / "project" / "network.py").write_text(printed(PAGE, "project/network.py"))


def found(folder: Path) -> set[str]:
    """The ids of all checks that find something, once static files were collected."""
    assert manage(folder, "collectstatic", "--noinput", "--verbosity", "0").returncode == 0
    done = manage(folder, "check", "--deploy", "--fail-level", "CRITICAL")
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"\(([\w.]+\.[EIW]\d+)\)", done.stdout + done.stderr))


def test_the_printed_settings_satisfy_check_deploy(tmp_path: Path) -> None:
    project(tmp_path, printed(PAGE, "settings.py"))
    assert found(tmp_path) == LEFT
    text = (ROOT / "docs" / PAGE).read_text()
    assert all(f"`{one}`" in text for one in LEFT)


def test_each_of_the_settings_is_there_for_a_reason(tmp_path: Path) -> None:
    """Without them ``check --deploy`` speaks up, so that the test above can fail."""
    settings = printed(PAGE, "settings.py")
    for part in (
        '"CACHE": "oauth",',
        '"CLIENT_ADDRESS": "project.network.client_address",',
        '"CONN_HEALTH_CHECKS": True,',
    ):
        assert part in settings
        settings = settings.replace(part, "")
    project(tmp_path, settings)
    assert {"oauth_provider.W057", "oauth_provider.W068", "oauth_provider.W065"} <= found(tmp_path)


def test_the_static_files_that_pages_need_are_collected(tmp_path: Path) -> None:
    project(tmp_path, printed(PAGE, "settings.py"))
    done = manage(tmp_path, "collectstatic", "--noinput", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    collected = {path.name for path in (tmp_path / "static" / "oauth_provider").iterdir()}
    assert {"oauth.css", "form_post.js", "logout.js", "check_session.js"} <= collected
