"""Swagger UI in the demo: *Authorize* goes through the code flow with PKCE, under a policy that allows nothing else."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.spec("RFC 7636", "4")


@pytest.fixture
def reference(page: Page, unasked: dict[str, Any]) -> Page:
    """The page, opened by somebody who was never here."""
    page.goto(f"{unasked['issuer']}/api/docs/")
    return page


def authorize(page: Page, demo: dict[str, Any], decision: str = "Allow") -> str:
    """Press *Authorize*, sign in and decide in the window that opens; the authorization request."""
    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".dialog-ux .modal-ux")
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.url))
    with page.expect_popup() as opened:
        dialog.get_by_role("button", name=re.compile("Apply given OAuth2 credentials|Authorize")).first.click()
    window = opened.value
    window.get_by_label("Username").fill(demo["user"]["username"])
    window.get_by_label("Password").fill(demo["user"]["password"])
    window.get_by_role("button", name="Log in").click()
    with window.expect_event("close"):
        window.get_by_role("button", name=decision).click()
    return next(url for url in requests if "/oauth/authorize?" in url and "response_type" in url)


def test_authorize_gets_a_token_by_the_code_flow_and_the_api_takes_it(reference: Page, unasked: dict[str, Any]) -> None:
    """From the button to 200."""
    asked = authorize(reference, unasked)
    for part in ("response_type=code", "code_challenge_method=S256", "client_id=demo-api-docs"):
        assert part in asked
    reference.locator(".dialog-ux").get_by_role("button", name="Close").last.click()

    answer = execute(reference, "#operations-notes-notes_list")
    expect(answer).to_contain_text("200")
    expect(answer).to_contain_text("Water the plants")


def execute(page: Page, operation: str) -> Any:
    """Try an operation out; the answer that is shown."""
    block = page.locator(operation)
    block.locator(".opblock-summary").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table")


def test_without_authorizing_the_api_answers_401(reference: Page) -> None:
    """The challenge is shown with it."""
    answer = execute(reference, "#operations-notes-notes_list")
    expect(answer).to_contain_text("401")
    expect(answer).to_contain_text('scope="notes:read"')


def test_who_says_no_is_told_so(reference: Page, unasked: dict[str, Any]) -> None:
    """No token; the dialog shows the error."""
    authorize(reference, unasked, "Cancel")
    expect(reference.locator(".dialog-ux")).to_contain_text("access_denied")


def test_nothing_is_fetched_from_elsewhere(page: Page, unasked: dict[str, Any]) -> None:
    """Neither scripts nor fonts nor validators."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{unasked['issuer']}/api/docs/", wait_until="networkidle")
    expect(page.locator("#operations-notes-notes_list")).to_be_visible()

    assert [url for url in asked if not url.startswith((unasked["issuer"], "data:"))] == []


def test_the_page_stays_readable_on_a_phone_and_in_the_dark(new_context: Any, unasked: dict[str, Any]) -> None:
    """Nothing runs out of the page."""
    page = new_context(viewport={"width": 320, "height": 640}, color_scheme="dark").new_page()
    page.goto(f"{unasked['issuer']}/api/docs/", wait_until="networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_in_the_reference_and_in_an_answer(
    new_context: Any, unasked: dict[str, Any], look: str
) -> None:
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    page.goto(f"{unasked['issuer']}/api/docs/")
    expect(page.get_by_role("region", name="About the API")).to_be_visible()
    for step in (lambda: None, lambda: execute(page, "#operations-notes-notes_list")):
        step()
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_the_page_is_dark_where_the_device_is_and_follows_it(new_context: Any, unasked: dict[str, Any]) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.goto(f"{unasked['issuer']}/api/docs/")
    title = page.locator(".swagger-ui .title")
    expect(title).to_have_css("color", "rgb(210, 214, 215)")
    page.emulate_media(color_scheme="light")
    expect(title).to_have_css("color", "rgb(59, 65, 81)")
