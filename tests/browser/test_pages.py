"""All pages: for the eye, the keyboard, a small screen, and a strict policy."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.places import PLACES
from tests.browser.playground import Playground
from tests.browser.screenshots import turn

WIDTH_OF_A_SMALL_PHONE = 320
LOOKS = [("ltr", "light"), ("ltr", "dark"), ("rtl", "dark"), ("rtl", "light")]
# What stands in a sentence is as high as its line (WCAG 2.5.8), and a checkbox is hit by its words.
TARGETS = (
    "main a.oa-button, main .oa-below a, main button:visible, main summary:visible, "
    "main input:not([type=hidden], [type=checkbox], [type=radio]):visible, main .oa-card label:has(input):visible"
)


def visit(page: Page, seeded: dict[str, Any], name: str) -> Playground:
    """Go to a page by the way a person takes."""
    playground = Playground(page, seeded)
    PLACES[name](playground)
    return playground


@pytest.mark.parametrize("name", PLACES)
def test_every_page_reads_well_fits_its_screen_and_leads_on(new_context, unasked, name) -> None:
    """One visit for all: WCAG in both looks and directions, answers of one size, targets for a thumb, a small phone."""
    page = new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce").new_page()
    visit(page, unasked, name)
    for direction, look in LOOKS:
        turn(page, direction)
        page.emulate_media(color_scheme=look)
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    assert_answers_are_equal(page)

    page.set_viewport_size({"width": 360, "height": 740})
    assert_answers_are_equal(page)
    assert_there_is_something_to_press(page)
    page.set_viewport_size({"width": WIDTH_OF_A_SMALL_PHONE, "height": 640})
    for direction in ("rtl", "ltr"):
        turn(page, direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_SMALL_PHONE


def assert_answers_are_equal(page: Page) -> None:
    """Of the answers that stand together none is made hard to find."""
    for group in page.locator(".oa-buttons, .oa-ways").all():
        boxes = [box for box in map(Locator.bounding_box, group.locator(".oa-button").all()) if box]
        assert len({round(box["width"]) for box in boxes}) <= 1
        assert len({round(box["height"]) for box in boxes}) <= 1


def assert_there_is_something_to_press(page: Page) -> None:
    """And a thumb can."""
    targets = page.locator(TARGETS).all()
    assert targets
    for target in targets:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.inner_text()


def test_consent_is_given_with_the_keyboard_alone(page, unasked) -> None:
    """Tab to Allow, Enter; the focus can be seen all the way."""
    visit(page, unasked, "consent")
    allow = page.get_by_role("button", name="Allow")
    expect(allow).to_be_visible()
    ways = [
        page.get_by_role("link", name="Not you?"),
        page.locator("summary", has_text="About this app"),
        page.get_by_role("checkbox", name="See your photos"),
        page.get_by_role("radio", name="All that is listed"),
        page.get_by_role("link", name="Connected apps"),
        page.get_by_role("combobox"),
    ]
    for way in (*ways, allow):
        page.keyboard.press("Tab")
        expect(way).to_be_focused()
    assert allow.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.partition("#")[0] == f"{unasked['issuer']}/")


def test_cancel_is_as_large_as_allow(page, unasked) -> None:
    """Neither is made hard to find."""
    visit(page, unasked, "consent")
    allow, cancel = (page.get_by_role("button", name=name).bounding_box() for name in ("Allow", "Cancel"))

    assert allow["height"] == cancel["height"] >= 44
    assert abs(allow["width"] - cancel["width"]) <= 1


def test_the_error_page_says_what_to_do(page, seeded) -> None:
    """And carries the reference that the log knows."""
    visit(page, seeded, "unknown application")

    expect(page.get_by_role("heading")).to_have_text("This link does not work")
    expect(page.get_by_role("main")).to_contain_text("Nothing was shared.")
    expect(page.get_by_role("main")).to_contain_text("reference")


def test_a_wrong_password_is_said_beside_the_form(page, unasked) -> None:
    """And the request is not lost by it."""
    visit(page, unasked, "login")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")

    Playground(page, unasked).log_in()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()
