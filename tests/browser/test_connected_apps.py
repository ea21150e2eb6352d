"""One app from the consent page to its end: what a person agreed to is found again, narrowed and taken back."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.code_taker import CodeTaker
from tests.browser.places import authorize, open_path


@pytest.fixture
def person(page: Page, unasked: dict[str, Any]) -> CodeTaker:
    """Noor, who belongs to two workspaces, is logged in."""
    person = CodeTaker(page, unasked)
    page.on("request", person.take_code)
    open_path(person, "/accounts/login/")
    person.log_in("member")
    return person


def test_an_app_is_let_into_one_workspace_without_photos_then_narrowed_then_removed(person: CodeTaker) -> None:
    page = person.page
    authorize(person, scope="notes:read notes:write photos:read")
    page.get_by_role("radio", name="Choir").check()
    page.get_by_role("checkbox", name="See your photos").uncheck()
    tokens = person.tokens()
    assert set(tokens["scope"].split()) == {"notes:read", "notes:write"}

    def call(method: str, **options: Any) -> requests.Response:
        """Photo Book calls the notes."""
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        url = f"{person.demo['issuer']}/api/notes/"
        return requests.request(method, url, headers=bearer, timeout=10, **options)

    assert call("POST", json={"text": "Bring the scores"}).status_code == 201
    assert {note["text"] for note in call("GET").json()} == {"Concert on the 12th", "Bring the scores"}

    open_path(person, "/oauth/account/apps")
    app = page.get_by_role("region", name="Photo Book")
    expect(app.get_by_role("heading", name="For Choir it can")).to_be_visible()
    expect(app).not_to_contain_text("Bakery")
    expect(app).not_to_contain_text("See your photos")
    app.get_by_role("button", name="Take back from Photo Book: Write and delete your notes").click()
    expect(app).to_contain_text("Read your notes")
    expect(app).not_to_contain_text("Write and delete your notes")
    assert call("POST", json={"text": "Once more"}).status_code == 403
    assert call("GET").status_code == 200

    app.get_by_text("Remove access", exact=True).click()
    app.get_by_role("button", name="Remove access of Photo Book").click()
    expect(page.get_by_text("No app is connected to your account.")).to_be_visible()
    assert call("GET").status_code == 401
