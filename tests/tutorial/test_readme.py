"""README.md, followed on an empty machine from the wheel that is built here. ``make test-tutorial``."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import launch
from tests.tutorial.blocks import Commands, File, NewTerminal, Person, read
from tests.tutorial.machine import Machine, built_wheel
from tests.tutorial.waiting import wait_until

pytestmark = pytest.mark.xdist_group("tutorial")

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
SERVER, PHOTO_BOOK = "http://127.0.0.1:8000", "http://localhost:8001"
# A client of the test's own: what the photo book was given stays in its session.
TOKEN = """
from django.contrib.auth import get_user_model
from oauth_provider.rest_framework.testing import run_code_flow
from oauth_provider.testing import create_client

app = create_client("web", "Caller", "https://caller.example.com/callback", "openid notes:read")
ana = get_user_model().objects.get(username="ana")
for scope in ("notes:read", "openid"):
    tokens = run_code_flow(app.application, ana, scope=scope, client_secret=app.client_secret, live_url="{url}")
    print(tokens["access_token"])
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(tmp_path_factory.mktemp("machine"), built_wheel(tmp_path_factory))
    machine.prepare()
    yield machine
    machine.close()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        yield page


def ana_signs_in_to_the_photo_book(page: Page, machine: Machine) -> None:
    """Be led to our login page, which names the app, log in, agree, and be known to the app."""
    photo_book = machine.here(PHOTO_BOOK)
    wait_until(lambda: requests.get(photo_book, timeout=5).ok, photo_book)
    page.goto(photo_book)
    expect(page.get_by_role("main")).to_contain_text("Photo Book")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("main")).to_contain_text("Read your notes")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{photo_book}/")
    expect(page.locator("body")).to_contain_text("ana")


def somebody_calls_the_api(page: Page, machine: Machine) -> None:
    """Call it without a token, with one that opens it, and with one that has another scope."""
    url = machine.here(SERVER)
    terminal = machine.terminals[0]
    said = subprocess.run(
        [terminal.directory / ".venv" / "bin" / "python", "manage.py", "shell", "-c", TOKEN.replace("{url}", url)],
        cwd=terminal.directory,
        env=terminal.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    good, poor = said.split()[-2:]
    sent = [{}, *({"Authorization": f"Bearer {token}"} for token in (good, poor))]
    none, opened, refused = (requests.get(f"{url}/api/notes", headers=headers, timeout=10) for headers in sent)
    assert [answer.status_code for answer in (none, opened, refused)] == [401, 200, 403]
    assert opened.json() == {"user": "ana", "scopes": ["notes:read"]}
    assert none.headers["WWW-Authenticate"].startswith("Bearer")
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


PEOPLE: dict[str, Callable[[Page, Machine], None]] = {
    one.__name__: one for one in (ana_signs_in_to_the_photo_book, somebody_calls_the_api)
}


def test_what_readme_says_works_on_an_empty_machine(machine: Machine, page: Page) -> None:
    done: list[str] = []
    try:
        for step in read(README.read_text()):
            match step:
                case Commands() if step.text.startswith("make "):
                    continue
                case File():
                    machine.write(step)
                case NewTerminal():
                    machine.open_terminal(step)
                case Commands():
                    machine.run(step)
                case Person():
                    machine.refresh()
                    PEOPLE[step.name](page, machine)
                    done.append(step.name)
    except BaseException:
        sys.stdout.write(machine.logs())
        raise
    assert done == list(PEOPLE)


def test_the_targets_of_make_that_readme_names_are_there() -> None:
    steps = read(README.read_text())
    texts = [step.text for step in steps if isinstance(step, Commands) and step.text.startswith("make ")]
    lines = [line.partition("#")[0].split() for text in texts for line in text.splitlines()]
    assert lines == [["make", "demo"], ["make", "test"]]
    for command in lines:
        subprocess.run([*command, "--dry-run"], cwd=ROOT, check=True, capture_output=True)
