"""Our login, account and logout pages: for the eye, the keyboard, a small screen, and from right to left."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.account import PAGES, log_in, plain_project, visit

WIDTH_OF_A_SMALL_PHONE = 320


@pytest.fixture(scope="module", params=["en", "ar"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with plain_project(tmp_path_factory.mktemp("plain"), LANGUAGE=request.param) as served:
        yield served


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(new_context: Any, project: tuple[str, str], name: str, look: str) -> None:
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    visit(page, project, name)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_small_phone(new_context: Any, project: tuple[str, str], name: str) -> None:
    page = new_context(viewport={"width": WIDTH_OF_A_SMALL_PHONE, "height": 640}).new_page()
    visit(page, project, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_SMALL_PHONE


def test_a_login_for_an_application_ends_at_its_consent_by_keyboard_alone(page: Page, project: tuple[str, str]) -> None:
    visit(page, project, "login for an application")
    expect(page.locator("[name=username]")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/oauth/consent/*")
    expect(page.locator("h1")).to_contain_text("Photo Book")


def test_the_account_page_logs_out_and_leads_to_the_login(page: Page, project: tuple[str, str]) -> None:
    visit(page, project, "logged out")
    page.goto(f"{project[0]}/accounts/profile/")
    page.wait_for_url("**/accounts/login/?next=/accounts/profile/")
    log_in(page)
    page.wait_for_url("**/accounts/profile/")


def test_every_button_and_link_can_be_hit_with_a_thumb(new_context: Any, project: tuple[str, str]) -> None:
    page = new_context(viewport={"width": 360, "height": 640}).new_page()
    for name in PAGES:
        visit(page, project, name)
        for target in page.locator("main a, main button, main input:not([type=hidden])").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44, target.inner_text()
        page.context.clear_cookies()
