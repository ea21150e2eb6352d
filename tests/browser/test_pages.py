"""All pages: for the eye, the keyboard, a small screen, and a strict policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.playground import Playground

WIDTH_OF_A_SMALL_PHONE = 320
LOGOUT = {
    "logout": "{issuer}/oauth/logout?client_id=demo-web&post_logout_redirect_uri={issuer}/",
    "logged out": "{issuer}/oauth/logout",
    "still logged in": "{issuer}/oauth/logout?client_id=demo-web&post_logout_redirect_uri={issuer}/",
}
NOBODY = "/oauth/authorize?client_id=nobody"


def visit(page, seeded, name) -> Playground:
    """Go to a page by the way a person takes."""
    playground = Playground(page, seeded)
    if name in ("clients", "error"):
        page.goto(seeded["issuer"] + {"clients": "/demo/clients", "error": NOBODY}[name])
        return playground
    playground.open()
    if name == "front door":
        return playground
    playground.connect("notes:read", "notes:write")
    page.get_by_role("link", name="Go to the authorization server").first.click()
    if name == "login":
        return playground
    playground.log_in()
    if name in LOGOUT:
        playground.open()
        page.goto(LOGOUT[name].format(**seeded))
        if name != "logout":
            playground.press("Log out" if name == "logged out" else "Stay")
    if name == "tokens":
        playground.press("Allow")
        playground.press("Exchange the code for tokens")
    return playground


PAGES = ["front door", "login", "consent", "error", "clients", "tokens", "logout", "logged out", "still logged in"]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(new_context, unasked, name, look) -> None:
    """WCAG: contrast, names, labels, landmarks."""
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    visit(page, unasked, name)

    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_small_phone(new_context, unasked, name) -> None:
    """No page scrolls sideways."""
    page = new_context(viewport={"width": WIDTH_OF_A_SMALL_PHONE, "height": 640}).new_page()
    visit(page, unasked, name)

    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_SMALL_PHONE


def test_consent_is_given_with_the_keyboard_alone(page, unasked) -> None:
    """Tab to Allow, Enter; the focus can be seen all the way."""
    visit(page, unasked, "consent")
    allow = page.get_by_role("button", name="Allow")
    expect(allow).to_be_visible()
    page.keyboard.press("Tab")
    expect(allow).to_be_focused()
    assert allow.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{unasked['issuer']}/#now")


def test_cancel_is_as_large_as_allow(page, unasked) -> None:
    """Neither is made hard to find."""
    visit(page, unasked, "consent")
    allow, cancel = (page.get_by_role("button", name=name).bounding_box() for name in ("Allow", "Cancel"))

    assert allow["height"] == cancel["height"] >= 44
    assert abs(allow["width"] - cancel["width"]) <= 1


def test_the_error_page_says_what_to_do(page, seeded) -> None:
    """And carries the reference that the log knows."""
    visit(page, seeded, "error")

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
