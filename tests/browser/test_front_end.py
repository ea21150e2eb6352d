"""The example of docs/how-to/consent-page.md: a consent page of a project's own, in a real browser."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.playground import Playground
from tests.demo.server import migrated, served


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    demo = migrated(Path(tmp_path_factory.mktemp("front-end")), DJANGO_SETTINGS_MODULE="tests.browser.front_end")
    printed = demo.seed()
    with served(demo):
        yield printed


def asked(page: Page, seeded: dict[str, Any], who: str, **parameters: str) -> None:
    """Sign in and be asked by the project's own page."""
    web = seeded["clients"]["web"]
    query = {"response_type": "code", "client_id": web["client_id"], "redirect_uri": web["redirect_uris"][0]}
    query |= {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    page.goto(f"{seeded['issuer']}/oauth/authorize?{urlencode(query | {'scope': 'notes:read'} | parameters)}")
    page.get_by_label("Username").fill(seeded[who]["username"])
    page.get_by_label("Password").fill(seeded[who]["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading")).to_contain_text("Photo Book asks for access")


def test_the_flow_goes_through_the_projects_page_and_back_to_the_client(
    new_context: Callable[..., BrowserContext], seeded: dict[str, Any]
) -> None:
    page = new_context().new_page()
    playground = Playground(page, seeded)
    playground.open()
    playground.connect("notes:read", "notes:write")
    page.get_by_role("link", name="Go to the authorization server").first.click()
    playground.log_in()
    expect(page.get_by_text("Write and delete your notes")).to_be_visible()
    assert "/front/consent/?handle=" in page.url
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(lambda url: "/front/" not in url and "/oauth/" not in url)


def test_a_workspace_has_to_be_chosen_and_cancel_needs_none(
    new_context: Callable[..., BrowserContext], seeded: dict[str, Any]
) -> None:
    page = new_context().new_page()
    asked(page, seeded, "member")
    choice = page.get_by_role("group", name="What do you allow it for?")
    assert choice.get_by_role("radio").count() == 2
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading")).to_contain_text("Photo Book asks for access")  # the browser asks for a choice
    with page.expect_request(lambda request: "error=access_denied" in request.url):
        page.get_by_role("button", name="Cancel").click()


def test_what_is_left_open_is_chosen_there_too(
    new_context: Callable[..., BrowserContext], seeded: dict[str, Any]
) -> None:
    page = new_context().new_page()
    order = {"type": "photo_print", "copies": 2, "size": "20x30"}
    asked(page, seeded, "user", authorization_details=json.dumps([order]))
    page.evaluate("find('answer').noValidate = true")
    page.get_by_label("Which photo?").evaluate("field => (field.value = '')")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("alert")).to_have_text("This field is required.")
    page.get_by_label("Which photo?").select_option("First snow")
    with page.expect_request(lambda request: "/demo/callback?code=" in request.url):
        page.get_by_role("button", name="Allow").click()


def test_a_code_that_is_posted_stands_in_no_url(
    new_context: Callable[..., BrowserContext], seeded: dict[str, Any]
) -> None:
    page = new_context().new_page()
    asked(page, seeded, "user", response_mode="form_post", prompt="consent")
    callback = seeded["clients"]["web"]["redirect_uris"][0]
    with page.expect_request(lambda request: request.url == callback and request.method == "POST") as posted:
        page.get_by_role("button", name="Allow").click()
    assert "code=oac_" in (posted.value.post_data or "")


def test_what_cannot_be_answered_leads_to_a_page_that_says_why(
    new_context: Callable[..., BrowserContext], seeded: dict[str, Any]
) -> None:
    page = new_context().new_page()
    asked(page, seeded, "user", prompt="consent")
    page.evaluate("history.replaceState(null, '', '?handle=' + 'x'.repeat(43))")
    page.reload()
    page.wait_for_url("**/oauth/consent/**")
    expect(page.get_by_role("heading")).to_contain_text("This page belongs to another sign-in")
