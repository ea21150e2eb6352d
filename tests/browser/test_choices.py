"""Choices on the consent page (RFC 6749 §3.3), by the keyboard and without JavaScript: leave out, and come again."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Request, expect

from tests.browser.places import authorize, logged_in
from tests.browser.playground import Playground
from tests.driver import query_of

pytestmark = pytest.mark.spec("RFC 6749", "3.3")

VERIFIER = "x" * 43


class Person(Playground):
    """Somebody at Photo Book, which ignores codes without a ``state`` of its own: ``code`` is the last one."""

    code: str = ""

    def take_code(self, request: Request) -> None:
        """Notice an answer on its way to Photo Book."""
        self.code = query_of(request.url).get("code", self.code)

    def granted(self, **request: str) -> set[str]:
        """The scope of the token for the next code, which comes of ``request`` or, without one, of *Allow*."""
        self.code = ""
        if request:
            authorize(self, **request)
        else:
            self.page.get_by_role("button", name="Allow").press("Enter")
        expect(self.page.get_by_role("alert")).to_contain_text("its state is unknown")
        client = self.demo["clients"]["web"]
        form = {
            "grant_type": "authorization_code",
            "code": self.code,
            "redirect_uri": client["redirect_uris"][0],
            "code_verifier": VERIFIER,
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
        }
        tokens = self.page.request.post(f"{self.demo['issuer']}/oauth/token", form=form).json()
        return set(tokens["scope"].split())


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], unasked: dict[str, Any]) -> Person:
    """Somebody who is logged in, in a browser that runs no script."""
    page = new_context(java_script_enabled=False).new_page()
    person = Person(page, unasked)
    page.on("request", person.take_code)
    logged_in(person)
    return person


def test_a_person_leaves_something_out_is_not_asked_again_and_then_for_what_is_new_alone(person: Person) -> None:
    page, asked = person.page, "notes:read photos:read"
    authorize(person, scope=asked)
    page.get_by_role("checkbox", name="See your photos").press("Space")
    assert person.granted() == {"notes:read"}
    assert person.granted(scope=asked) == {"notes:read"}

    authorize(person, scope=f"{asked} photos:print")
    expect(page.get_by_role("group", name="It will be able to")).to_contain_text("New Order prints of your photos")
    expect(page.get_by_text("Read your notes")).not_to_be_visible()
    page.get_by_text("What you decided before").press("Enter")
    expect(page.get_by_text("Read your notes")).to_be_visible()
    expect(page.get_by_role("checkbox", name="See your photos")).not_to_be_checked()
    assert person.granted() == {"notes:read", "photos:print"}


def test_a_person_lets_notes_be_read_where_an_app_would_write(person: Person) -> None:
    authorize(person, scope="notes:write")
    person.page.get_by_role("radio", name="Read only").press("Space")
    assert person.granted() == {"notes:read"}
