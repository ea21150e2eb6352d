"""The whole tutorial, followed on an empty machine from the wheel that is built here. ``make test-tutorial``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.browser.conftest import launch
from tests.tutorial.blocks import Commands, File, NewTerminal, Person, pages, read
from tests.tutorial.machine import Machine, built_wheel
from tests.tutorial.people import PEOPLE

pytestmark = pytest.mark.xdist_group("tutorial")
TIMEOUT = 30_000  # in milliseconds: other tests run beside
ORDER = ["server.md", "api.md", "web-application.md", "single-page-application.md", "deploy.md"]
FOLLOWED: list[str] = []


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """An empty machine."""
    machine = Machine(tmp_path_factory.mktemp("machine"), built_wheel(tmp_path_factory))
    machine.prepare()
    yield machine
    machine.close()


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """Ana's browser."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        context = browser.new_context()
        context.set_default_timeout(TIMEOUT)
        expect.set_options(timeout=TIMEOUT)
        yield context


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    """The tab that stays open through the whole story."""
    return context.new_page()


def test_the_pages_are_followed_in_the_order_of_the_index() -> None:
    assert [path.name for path in pages()] == ORDER


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_a_page_of_the_tutorial_does_what_it_says(path: Path, machine: Machine, page: Page) -> None:
    before = [one.stem for one in pages()[: pages().index(path)]]
    assert before == FOLLOWED, "an earlier page failed, and nobody can go on from there"
    try:
        for step in read(path.read_text()):
            match step:
                case File():
                    machine.write(step)
                case NewTerminal():
                    machine.open_terminal(step)
                case Commands():
                    machine.run(step)
                case Person():
                    machine.refresh()
                    PEOPLE[step.name](page, machine)
    except BaseException:
        sys.stdout.write(machine.logs())
        raise
    FOLLOWED.append(path.stem)


def test_what_was_installed_is_the_wheel_that_was_built(machine: Machine) -> None:
    (installed,) = machine.folder.glob("notebook/.venv/lib/python*/site-packages/django_oauth_authority-*")
    assert installed.name == f"django_oauth_authority-{machine.version}.dist-info"
    assert machine.version.endswith("+checkout")


def test_nothing_was_written_into_the_home_of_the_reader_but_caches(machine: Machine) -> None:
    assert {path.name for path in (machine.root / "home").iterdir()} <= {".cache", ".python_history"}
