"""Choices on the consent page (RFC 6749 §3.3), by the keyboard and without JavaScript: leave out, and come again."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.code_taker import CodeTaker
from tests.browser.places import authorize, logged_in

pytestmark = pytest.mark.spec("RFC 6749", "3.3")


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], unasked: dict[str, Any]) -> CodeTaker:
    """Somebody who is logged in, in a browser that runs no script."""
    page = new_context(java_script_enabled=False).new_page()
    person = CodeTaker(page, unasked)
    page.on("request", person.take_code)
    logged_in(person)
    return person


def test_a_person_leaves_something_out_is_not_asked_again_and_then_for_what_is_new_alone(person: CodeTaker) -> None:
    page, asked = person.page, "notes:read photos:read"
    authorize(person, scope=asked)
    page.get_by_role("checkbox", name="See your photos").press("Space")
    assert person.granted() == {"notes:read"}
    assert person.granted(scope=asked) == {"notes:read"}

    authorize(person, scope=f"{asked} photos:print")
    expect(page.locator(".oa-asked")).to_contain_text("New Order prints of your photos")
    known = page.locator(".oa-known").get_by_text("Read your notes")
    expect(known).not_to_be_visible()
    page.get_by_text("What you decided before").press("Enter")
    expect(known).to_be_visible()
    expect(page.get_by_role("checkbox", name="See your photos")).not_to_be_checked()
    assert person.granted() == {"notes:read", "photos:print"}


def test_a_person_lets_notes_be_read_where_an_app_would_write(person: CodeTaker) -> None:
    authorize(person, scope="notes:write")
    person.page.get_by_role("radio", name="Read only").press("Space")
    assert person.granted() == {"notes:read"}
