"""The front channel in a browser: form_post under its policy (Form Post Response Mode §2), and the account page."""

from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, Route, expect

from oauth_provider.protocol.pkce import s256
from tests.browser.playground import Playground

CALLBACK = "http://localhost:3000/callback"
WIDTH_OF_A_SMALL_PHONE = 320
STATE = "\"><script>document.title='run'</script>&'"


def request_url(seeded: dict[str, Any], **changes: str) -> str:
    """The link of the client whose callback is ``CALLBACK``."""
    client = next(one for one in seeded["clients"].values() if CALLBACK in one["redirect_uris"])
    parameters = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "notes:read",
        "state": STATE,
        "code_challenge": s256("v" * 43),
        "code_challenge_method": "S256",
    }
    return f"{seeded['issuer']}/oauth/authorize?{urlencode(parameters | changes)}"


def receive(page: Page) -> list[Request]:
    """What reaches the client, which says nothing but that it did."""
    received: list[Request] = []

    def answer(route: Route) -> None:
        received.append(route.request)
        route.fulfill(status=200, content_type="text/html", body="<title>client</title><h1>Received</h1>")

    page.route(f"{CALLBACK}**", answer)
    return received


def go_in(page: Page, seeded: dict[str, Any], **changes: str) -> None:
    """Open the link and sign in."""
    page.goto(request_url(seeded, **changes))
    Playground(page, seeded).log_in()


def posted(request: Request) -> dict[str, list[str]]:
    assert request.method == "POST"
    assert request.url == CALLBACK
    assert "referer" not in request.headers
    return parse_qs(request.post_data or "")


@pytest.mark.spec("Form Post", "2")
@pytest.mark.parametrize(("button", "member"), [("Allow", "code"), ("Cancel", "error")])
def test_a_script_of_ours_posts_the_answer(page: Page, unasked: dict[str, Any], button: str, member: str) -> None:
    """The page's policy lets it run, nothing of the answer is run, and the address keeps none of it."""
    received = receive(page)
    go_in(page, unasked, response_mode="form_post")
    Playground(page, unasked).press(button)
    expect(page.get_by_role("heading")).to_have_text("Received")
    answer = posted(received[0])
    assert set(answer) - {"error_description"} == {member, "state", "iss"}
    assert (answer["state"], answer["iss"]) == ([STATE], [unasked["issuer"]])
    assert page.url == CALLBACK
    assert page.title() == "client"


@pytest.mark.spec("Form Post", "2")
def test_an_error_before_any_page_is_posted_too(page: Page, unasked: dict[str, Any]) -> None:
    received = receive(page)
    page.goto(request_url(unasked, response_mode="form_post", scope="nothing:here"))
    expect(page.get_by_role("heading")).to_have_text("Received")
    assert posted(received[0])["error"] == ["invalid_scope"]


@pytest.mark.spec("Form Post", "2")
def test_without_scripts_there_is_a_button(new_context: Any, unasked: dict[str, Any]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    received = receive(page)
    page.goto(request_url(unasked, response_mode="form_post", scope="nothing:here"))
    assert not received
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading")).to_have_text("Received")
    assert posted(received[0])["error"] == ["invalid_scope"]


@pytest.mark.spec("Multiple Response Types", "2.1")
def test_a_fragment_reaches_the_clients_page_and_no_server(page: Page, unasked: dict[str, Any]) -> None:
    """At a client that is served: Playwright does not stand in for one at the end of a redirect."""
    web, seen = unasked["clients"]["web"], []
    page.on("request", lambda request: seen.append(request.url))
    callback = web["redirect_uris"][0]
    changes = {"client_id": web["client_id"], "redirect_uri": callback, "scope": "nothing:here"}
    page.goto(request_url(unasked, response_mode="fragment", **changes))
    assert callback in seen
    assert "#error=invalid_scope" in page.url  # the demo's client goes on to its own page, fragment and all
    assert not [url for url in seen if "error=" in url.partition("#")[0]]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_person_goes_on_with_the_account_they_have(page: Page, unasked: dict[str, Any]) -> None:
    go_in(page, unasked)
    page.goto(request_url(unasked, prompt="select_account"))
    page.get_by_role("button", name="Use this account").click()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_person_changes_the_account(page: Page, unasked: dict[str, Any]) -> None:
    go_in(page, unasked)
    page.goto(request_url(unasked, prompt="select_account"))
    page.get_by_role("button", name="Use another account").click()
    Playground(page, unasked).log_in()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()
    Playground(page, unasked).back("**/*")
    page.goto(request_url(unasked, prompt="select_account"))
    expect(page.get_by_role("button", name="Use this account")).to_be_visible()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_back_after_a_login_that_was_demanded_asks_again(page: Page, unasked: dict[str, Any]) -> None:
    go_in(page, unasked)
    page.goto(request_url(unasked, prompt="login"))
    Playground(page, unasked).log_in()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()
    Playground(page, unasked).back("**/*login*/**")
    page.reload()
    Playground(page, unasked).log_in()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_person_who_is_asked_to_sign_in_again_does_so(page: Page, unasked: dict[str, Any]) -> None:
    visit(page, unasked, "sign_in_again")
    page.get_by_role("button", name="Sign in again").click()
    Playground(page, unasked).log_in()
    expect(
        page.get_by_role("button", name="Use this account").or_(page.get_by_role("button", name="Allow"))
    ).to_be_visible()


def visit(page: Page, seeded: dict[str, Any], name: str) -> None:
    """The pages that are only here."""
    if name == "form_post":
        page.goto(request_url(seeded, response_mode="form_post", scope="nothing:here"))
    else:
        go_in(page, seeded)
        page.goto(request_url(seeded, prompt="select_account"))
    if name == "sign_in_again":
        # As where a login page sends people on; the demo's does not.
        page.goto(page.url.replace("select-account", "sign-in-again"))


@pytest.mark.parametrize("name", ["select_account", "sign_in_again"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_on_the_account_page(new_context: Any, unasked: dict[str, Any], look: str, name: str) -> None:
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    visit(page, unasked, name)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", ["form_post", "select_account", "sign_in_again"])
def test_nothing_is_wider_than_a_small_phone(new_context: Any, unasked: dict[str, Any], name: str) -> None:
    size = {"width": WIDTH_OF_A_SMALL_PHONE, "height": 640}
    page = new_context(viewport=size, java_script_enabled=name != "form_post").new_page()
    visit(page, unasked, name)
    button = page.get_by_role("button").first.bounding_box()
    assert button["height"] >= 44
    assert page.locator("main").bounding_box()["width"] <= WIDTH_OF_A_SMALL_PHONE
    for box in (one.bounding_box() for one in page.get_by_role("button").all()):
        assert box["x"] + box["width"] <= WIDTH_OF_A_SMALL_PHONE
