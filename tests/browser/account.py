"""Our login, account and logout pages as a person comes by them, in a project that has none of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page

from oauth_provider.protocol.pkce import s256
from tests.browser.plain import PEOPLE
from tests.demo.server import migrated, served

PAGES = ["login", "login for an application", "wrong password", "account", "log out?", "logged out"]


@contextmanager
def plain_project(directory: Path, **environment: str) -> Iterator[tuple[str, str]]:
    """Serve one; its address, and the ``client_id`` of an application called Photo Book."""
    project = migrated(directory, DJANGO_SETTINGS_MODULE="tests.browser.plain", **environment)
    client_id = project.manage("shell", "--no-imports", "-c", PEOPLE).strip()
    with served(project):
        yield f"http://{project.address}", client_id


def log_in(page: Page, password: str = "correct horse") -> None:
    """Fill in the form, in whatever language it is."""
    page.locator("[name=username]").fill("ann")
    page.locator("[name=password]").fill(password)
    page.locator("main form button").click()


def visit(page: Page, project: tuple[str, str], name: str) -> None:
    """Go to a page of ``PAGES``."""
    address, client_id = project
    if name == "login for an application":
        page.goto(f"{address}/oauth/authorize?{urlencode(authorization_request(client_id))}")
        return
    page.goto(f"{address}/accounts/login/")
    if name != "login":
        log_in(page, "wrong" if name == "wrong password" else "correct horse")
    if name == "log out?":
        page.goto(f"{address}/accounts/logout/")
    if name == "logged out":
        page.locator("main form button").click()


def authorization_request(client_id: str) -> dict[str, str]:
    """Return a request for a code."""
    return {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": "https://photos.example.com/callback",
        "scope": "notes:read",
        "code_challenge": s256("x" * 43),
        "code_challenge_method": "S256",
    }
