"""A real browser: Debian's Chromium, driven by Playwright. ``make test-browser``; ``-m browser``."""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from tests.demo.server import Demo, migrated, served

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 40_000
PART_OF_A_PAGE = re.compile(r"/static/|\.(css|js|svg|ico|png)\b")

# Playwright runs an event loop in the test's own thread, and Django takes that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this directory needs the browser. What is in one file shares one, with the demo's database."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(f"browser/{item.path.stem}"))


def executable() -> str:
    """Where the browser is."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError("Chromium is not installed: apt-get install chromium, or name it in CHROMIUM.")
    return found


def launch(playwright: Playwright) -> Browser:
    """The browser, without any data of anybody's."""
    return playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A function that opens a browser profile of its own; it takes Playwright's options (``java_script_enabled`` …)."""
    opened: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        context = chromium.new_context(**options)
        context.set_default_timeout(TIMEOUT)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page that may not complain: what the browser logs as an error, a refused policy above all, fails the test."""
    page = new_context().new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    yield page
    assert complaints == []


def is_complaint(message: ConsoleMessage) -> bool:
    """An error, unless it is the page itself that was refused: its status is for the test to judge."""
    is_page = "status of 4" in message.text and not PART_OF_A_PAGE.search(message.location["url"])
    return message.type == "error" and not is_page


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, seeded and served; each process of a run has its own."""
    demo = migrated(tmp_path_factory.mktemp("demo"))
    demo.seed()
    with served(demo):
        yield demo


@pytest.fixture(scope="session")
def seeded(demo: Demo) -> dict[str, Any]:
    """What ``demo_seed --json`` prints of it."""
    return demo.seed()


@pytest.fixture
def unasked(demo: Demo, seeded: dict[str, Any]) -> dict[str, Any]:
    """The same, where nobody has agreed to anything yet."""
    with closing(sqlite3.connect(demo.database)) as database, database:
        database.execute("DELETE FROM oauth_provider_consent")
    return seeded
