"""What a person does in a browser, where a page of the tutorial says so: ``<!-- person: ana_logs_in -->``."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Response, expect

from tests.tutorial.machine import Machine

NOTEBOOK, PLANNER, STICKY_NOTES = "http://127.0.0.1:8000", "http://localhost:8001", "http://localhost:5173"
WITH_THE_NOTEBOOK = "Sign in with the notebook"
NOTE = "Water the plants"


def ana_logs_in(page: Page, machine: Machine) -> None:
    """Log in at the page that comes with the package."""
    page.goto(machine.here(f"{NOTEBOOK}/accounts/login/"))
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("button").first.click()
    page.wait_for_url(machine.here(f"{NOTEBOOK}/accounts/profile/"))
    expect(page.get_by_role("main")).to_contain_text("ana")


def ana_signs_in_to_the_planner(page: Page, machine: Machine) -> None:
    """Agree once; the second time nobody asks. An answer of another server is refused."""
    planner = machine.here(PLANNER)
    page.goto(planner)
    page.get_by_role("link", name=WITH_THE_NOTEBOOK).click()
    expect(page.get_by_role("main")).to_contain_text("Planner")
    expect(page.get_by_role("main")).to_contain_text("Read your notes")
    assert page.url.startswith(machine.here(NOTEBOOK))
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{planner}/")
    assert_notes_of_ana(page)

    page.goto(f"{planner}/sign-in")
    page.wait_for_url(f"{planner}/")
    assert_notes_of_ana(page)

    forged = page.goto(f"{planner}/callback?code=stolen&state=stolen&iss=https://evil.example")
    assert forged is not None
    assert forged.status == 400
    expect(page.locator("body")).to_have_text("That answer was not the notebook's.")


def assert_notes_of_ana(page: Page) -> None:
    """See her name and her note."""
    expect(page.get_by_role("heading")).to_have_text("Hello, ana")
    expect(page.get_by_role("listitem")).to_have_text([NOTE])


def ana_signs_in_to_the_page(page: Page, machine: Machine) -> None:
    """Agree, see the notes and write one. Answers that are not to this page's question are refused before."""
    sticky = machine.here(STICKY_NOTES)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/oauth/token" in request.url else None)
    page.goto(f"{sticky}/?code=stolen&state=stolen&iss={machine.here(NOTEBOOK)}")
    expect(page.get_by_role("status")).to_have_text("That answer is to no question of ours.")
    page.evaluate("sessionStorage.setItem('sign-in', JSON.stringify({ state: 'ours', verifier: 'v' }))")
    page.goto(f"{sticky}/?code=stolen&state=ours&iss=https://evil.example")
    expect(page.get_by_role("status")).to_have_text("That answer is another server's.")
    assert asked == []

    page.goto(f"{sticky}/")
    expect(page.get_by_role("status")).to_have_text("You are not signed in.")
    page.get_by_role("button", name=WITH_THE_NOTEBOOK).click()
    page.get_by_role("button", name="Allow").wait_for()
    sent = parse_qs(urlsplit(page.url).query)
    assert sent.get("code_challenge_method", ["S256"]) == ["S256"]
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{sticky}/")
    expect(page.get_by_role("listitem")).to_have_text([NOTE])

    page.get_by_label("New note").fill("<b>Buy milk</b>")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_text([NOTE, "<b>Buy milk</b>"])
    assert len(asked) == 1
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def ana_reloads_the_page(page: Page, machine: Machine) -> None:
    """See the notes again, after a call that was refused, a renewal and a call that was answered."""
    api, token = machine.here(f"{NOTEBOOK}/api/notes/"), machine.here(f"{NOTEBOOK}/oauth/token")
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response) if response.request.method != "OPTIONS" else None)
    with page.expect_response(lambda response: response.url == api and response.status == 200):
        page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("status")).to_have_text("2 of your notes")
    assert [(one.url, one.status) for one in answers] == [(api, 401), (token, 200), (api, 200)]
    assert parse_qs(answers[1].request.post_data or "")["grant_type"] == ["refresh_token"]


PEOPLE: dict[str, Callable[[Page, Machine], Any]] = {
    one.__name__: one
    for one in (ana_logs_in, ana_signs_in_to_the_planner, ana_signs_in_to_the_page, ana_reloads_the_page)
}
