"""The developer portal in a browser: from nothing to an app that signs people in, by the code that the portal wrote."""

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.places import open_path
from tests.browser.playground import Playground
from tests.browser.screenshots import turn
from tests.browser.test_pages import TARGETS, WIDTH_OF_A_SMALL_PHONE
from tests.demo.server import free_port
from tests.quickstart.fresh import FreshProject

LOOKS = [("ltr", "light"), ("rtl", "dark")]
PAGES = ("", "code", "settings", "scopes", "team", "failures", "delete")


@pytest.fixture
def port() -> int:
    """Where the app listens."""
    return free_port()


def make(person: Playground, port: int, name: str = "Travel Diary") -> None:
    """Say what one builds, and fill the form in."""
    page = person.page
    page.get_by_role("link", name="New app").click()
    page.get_by_role("link", name="Web application").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Redirect URIs").fill(f"http://127.0.0.1:{port}/callback")
    page.get_by_role("checkbox", name="notes:everyone").check()
    page.get_by_role("button", name="Make the app").click()


def enter(page: Page, seeded: dict[str, Any], role: str = "user") -> Playground:
    """Log in on the way to the portal."""
    person = Playground(page, seeded)
    open_path(person, "/oauth/apps")
    person.log_in(role)
    return person


def read_env(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


@pytest.fixture
def diary(page: Page, seeded: dict[str, Any], port: int, tmp_path: Path) -> FreshProject:
    """A folder with what the portal gave: ``client.py``, and ``.env``."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    make(enter(page, seeded), port)
    secret = page.get_by_label("client_secret", exact=True).input_value()
    page.get_by_role("button", name="Copy client_secret").click()
    expect(page.locator(".oa-said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    with page.expect_download() as download:
        page.get_by_role("link", name="Download travel-diary.env").click()
    download.value.save_as(tmp_path / ".env")
    assert read_env(tmp_path / ".env")["CLIENT_SECRET"] == secret
    page.get_by_role("link", name="Code for this app").click()
    assert secret not in page.content()
    section = page.get_by_role("region", name="A web application that signs people in").first
    (tmp_path / "client.py").write_text(section.locator("pre").inner_text())
    return FreshProject(tmp_path, port)


@pytest.mark.spec("RFC 7591", "3")
def test_a_newcomer_registers_an_app_and_the_code_of_the_portal_signs_them_in(
    page: Page, new_context: Any, seeded: dict[str, Any], diary: FreshProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in read_env(diary.folder / ".env").items():
        monkeypatch.setitem(os.environ, name, value)
    with diary.serve([sys.executable, "client.py"], f"{diary.address}/"):
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # the app has none
        page.goto(f"{diary.address}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Travel Diary")
        expect(page.get_by_text("Unverified")).to_be_visible()
        page.get_by_role("button", name="Allow").click()
        expect(page.locator("body")).to_contain_text('"preferred_username": "demo"')
        # Nobody has approved it: whoever is not in its team cannot use it.
        stranger = new_context().new_page()
        stranger.goto(f"{diary.address}/")
        Playground(stranger, seeded).log_in("member")
        expect(stranger.get_by_role("button", name="Allow")).to_have_count(0)
        expect(stranger.locator("body")).not_to_contain_text("preferred_username")


def test_axe_finds_nothing_in_the_portal_and_it_fits_a_small_phone(
    new_context: Any, seeded: dict[str, Any], port: int
) -> None:
    page = new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce").new_page()
    person = enter(page, seeded, "member")
    judge(page)
    make(person, port, "x" * 120)
    judge(page)
    page.get_by_role("link", name="Go on to the app").click()
    app = page.url.rstrip("/")
    page.goto(f"{app}/team")
    page.get_by_label("User name or e-mail address").fill("demo")
    page.get_by_role("button", name="Invite").click()
    for name in PAGES:
        page.goto(f"{app}/{name}")
        for summary in page.locator("summary").all():
            summary.click()
        judge(page)
    for path in ("/oauth/apps/new", "/oauth/apps/new?kind=web", "/oauth/apps/nothing", "/oauth/apps"):
        open_path(person, path)
        judge(page)


def judge(page: Page) -> None:
    """WCAG in both looks and directions, targets for a thumb, and a small phone."""
    page.set_viewport_size({"width": 1280, "height": 720})
    for direction, look in LOOKS:
        turn(page, direction)
        page.emulate_media(color_scheme=look)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    page.set_viewport_size({"width": WIDTH_OF_A_SMALL_PHONE, "height": 640})
    for target in page.locator(f"{TARGETS}, main .oa-tabs a, main .oa-back a").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, f"{page.url}: {target.inner_text()}"
    for direction in ("rtl", "ltr"):
        turn(page, direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_SMALL_PHONE, page.url


def test_the_portal_works_without_scripts_and_two_people_share_an_app(
    new_context: Any, seeded: dict[str, Any], port: int
) -> None:
    owner = new_context(java_script_enabled=False).new_page()
    make(enter(owner, seeded), port, "Shared")
    expect(owner.get_by_role("button", name="Copy client_secret")).to_be_hidden()
    owner.get_by_role("link", name="Go on to the app").click()
    app = owner.url
    owner.locator("summary", has_text="New secret").click()
    owner.get_by_role("button", name="Rotate").click()
    expect(owner.get_by_label("client_secret", exact=True)).to_have_value(re.compile("^ocs_"))
    owner.goto(f"{app.rstrip('/')}/team")
    owner.get_by_label("User name or e-mail address").fill("noor")
    owner.get_by_role("button", name="Invite").click()
    expect(owner.get_by_text("Invited as developer")).to_be_visible()
    friend = new_context(java_script_enabled=False).new_page()
    enter(friend, seeded, "member")
    friend.get_by_role("button", name="Join the team of Shared").click()
    friend.goto(app)
    friend.get_by_role("button", name="Send it for approval").click()
    expect(friend.get_by_text("It waits for an operator now.")).to_be_visible()
    owner.reload()
    owner.get_by_role("button", name="Hand the app over to noor").click()
    owner.get_by_role("button", name="Leave").click()
    expect(owner.get_by_text("You left the team.")).to_be_visible()
    assert owner.goto(app).status == 404
