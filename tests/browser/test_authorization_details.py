"""The consent page for authorization details (RFC 9396 §3.1): read by eye, on a phone, in the dark, and by keyboard."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.playground import Playground
from tests.browser.test_pages import WIDTH_OF_A_SMALL_PHONE

pytestmark = pytest.mark.spec("RFC 9396", "3.1")

ORDERS = [
    {"type": "photo_print", "identifier": "snow", "copies": 2, "size": "20x30"},
    {"type": "photo_print", "identifier": "harbour", "copies": 1, "size": "10x15"},
]


def ask(page: Page, seeded: dict[str, Any], *orders: dict[str, Any], scope: str = "notes:read") -> None:
    """Go to the consent page."""
    web = seeded["clients"]["web"]
    query = {
        "response_type": "code",
        "client_id": web["client_id"],
        "redirect_uri": web["redirect_uris"][0],
        "scope": scope,
        "authorization_details": json.dumps(orders),
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    page.goto(f"{seeded['issuer']}/oauth/authorize?{urlencode(query)}")
    if page.get_by_label("Password").count():
        Playground(page, seeded).log_in()


def test_each_order_is_said_in_words(page, unasked):
    ask(page, unasked, *ORDERS)
    expect(page.get_by_role("heading", name="Order a print")).to_have_count(2)
    expect(page.get_by_text("2 prints of the photo First snow, 20x30 cm.")).to_be_visible()
    expect(page.get_by_text("One print of the photo The harbour at six, 10x15 cm.")).to_be_visible()
    expect(page.get_by_role("heading", name="It will also be able to")).to_be_visible()


def test_it_is_asked_for_every_time(page, unasked):
    for _time in range(2):
        ask(page, unasked, ORDERS[0], scope="")
        expect(page.get_by_text("2 prints of the photo First snow")).to_be_visible()
        with page.expect_response(lambda response: "/demo/callback?code=" in response.url):
            page.get_by_role("button", name="Allow").click()


OPEN = {"type": "photo_print", "copies": 2, "size": "20x30"}


def test_a_photo_is_picked_by_keyboard_without_javascript(new_context, unasked):
    page = new_context(java_script_enabled=False).new_page()
    ask(page, unasked, OPEN, {**OPEN, "copies": 1}, scope="")
    photos = page.get_by_role("group", name="Which photo?")
    expect(photos).to_have_count(2)
    expect(photos.first.get_by_role("radio")).to_have_count(3)
    photos.first.get_by_role("radio", name="First snow").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(photos.last.get_by_role("radio", name="Noor, laughing")).to_be_checked()
    with page.expect_response(lambda response: "/demo/callback?code=" in response.url):
        page.get_by_role("button", name="Allow").click()


def test_what_is_missing_is_told_beside_it_and_nothing_is_decided(page, unasked):
    ask(page, unasked, OPEN, scope="")
    page.evaluate("for (const one of document.querySelectorAll('[required]')) one.required = false")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was decided yet.")
    page.get_by_role("link", name="Which photo?").click()
    photos = page.get_by_role("group", name="Which photo?")
    expect(photos).to_contain_text("This field is required.")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    photos.get_by_text("The harbour at six").click()
    with page.expect_response(lambda response: "/demo/callback?code=" in response.url):
        page.get_by_role("button", name="Allow").click()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing(new_context, unasked, look):
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    ask(page, unasked, *ORDERS, OPEN)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_nothing_is_wider_than_a_small_phone(new_context, unasked):
    page = new_context(viewport={"width": WIDTH_OF_A_SMALL_PHONE, "height": 640}).new_page()
    ask(page, unasked, *ORDERS, OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_SMALL_PHONE


def test_the_playground_orders_a_print_and_shows_what_became_of_it(page, unasked):
    playground = Playground(page, unasked)
    playground.open()
    page.get_by_label("photo_print").check()
    playground.press("Connect Photo Book")
    playground.go()
    expect(page.get_by_text("2 prints of a photo that you pick, 20x30 cm.")).to_be_visible()
    page.get_by_label("First snow").check()
    playground.press("Allow")
    playground.press("Exchange the code for tokens")
    expect(playground.chosen).to_contain_text("authorization_details")
    expect(playground.chosen).to_contain_text('"identifier": "snow"')
    playground.press("Look into the token")
    expect(playground.chosen).to_contain_text("authorization_details")
