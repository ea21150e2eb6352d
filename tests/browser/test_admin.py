"""An operator in a real browser: a client in one form, its secret copied and used (RFC 6749 §2.3.1)."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.operator import log_in

WIDTH_OF_A_SMALL_PHONE = 320
SECRET = re.compile(r"ocs_[0-9A-Za-z]{49}")
_numbers = count()


@pytest.fixture
def admin(seeded: dict[str, Any]) -> str:
    """The address of the demo's admin."""
    return f"{seeded['issuer']}/admin"


def fill(page: Page, admin: str, *, kind: str = "Service", redirect_uris: str = "") -> str:
    """The form for a new client; what it is to be called."""
    name = f"Client number {next(_numbers)}"
    page.goto(f"{admin}/oauth2_provider/application/add/")
    page.get_by_label("Name:", exact=True).fill(name)
    page.get_by_label(re.compile(kind)).check()
    page.get_by_label("Redirect URIs").fill(redirect_uris)
    page.get_by_label(re.compile("notes:read")).check()
    return name


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def token(admin: str, client_id: str, secret: str) -> requests.Response:
    """What the token endpoint says to these credentials."""
    form = {"grant_type": "client_credentials", "scope": "notes:read"}
    return requests.post(admin.replace("/admin", "/oauth/token"), form, auth=(client_id, secret), timeout=10)


@pytest.fixture
def operator(page: Page, seeded: dict[str, Any]) -> Page:
    """A page in which nothing may complain, and the operator is logged in."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    log_in(page, seeded)
    return page


def test_a_client_is_made_its_secret_copied_and_used(operator: Page, admin: str) -> None:
    fill(operator, admin)
    save(operator)
    operator.get_by_role("button", name="Copy").nth(1).click()
    expect(operator.get_by_role("button", name="Copied")).to_be_visible()
    secret = operator.evaluate("navigator.clipboard.readText()")
    assert SECRET.fullmatch(secret)
    client_id = operator.get_by_label("client_id").input_value()
    assert token(admin, client_id, secret).status_code == 200
    operator.get_by_role("link", name="Go on to the client").click()
    expect(operator.get_by_label("Name:", exact=True)).to_be_visible()
    assert secret not in operator.content()


def test_a_secret_is_rotated_and_both_serve_for_the_overlap(operator: Page, admin: str) -> None:
    fill(operator, admin)
    save(operator)
    client_id, old = (operator.get_by_label(name).input_value() for name in ("client_id", "client_secret"))
    operator.get_by_role("link", name="Go on to the client").click()
    operator.get_by_role("link", name="Rotate").click()
    operator.get_by_label("Label").fill("production")
    operator.get_by_label("The present secrets end").select_option("in an hour")
    operator.get_by_role("button", name="Rotate").click()
    new = operator.get_by_label("client_secret").input_value()
    assert new != old
    assert {token(admin, client_id, secret).status_code for secret in (old, new)} == {200}
    operator.get_by_role("link", name="Go on to the client").click()
    operator.get_by_role("row", name=re.compile(f"…{old[-4:]}")).get_by_role("link", name="Revoke").click()
    operator.get_by_role("button", name="Revoke").click()
    assert token(admin, client_id, old).status_code == 401
    assert token(admin, client_id, new).status_code == 200


def test_a_page_that_is_loaded_again_makes_no_second_client(operator: Page, admin: str) -> None:
    name = fill(operator, admin)
    save(operator)
    secret = operator.get_by_label("client_secret").input_value()
    operator.reload()
    expect(operator.get_by_text("made already")).to_be_visible()
    assert secret not in operator.content()
    operator.goto(f"{admin}/oauth2_provider/application/?q=%22{name}%22")
    expect(operator.get_by_text("1 client", exact=True)).to_be_visible()


def test_a_double_click_makes_one_client_and_shows_its_secret(operator: Page, admin: str) -> None:
    fill(operator, admin)
    operator.get_by_role("button", name="Save").dblclick()
    expect(operator.get_by_label("client_secret")).to_be_visible()


def test_what_is_wrong_with_a_redirect_uri_stands_beside_the_field(operator: Page, admin: str) -> None:
    fill(operator, admin, kind="Web application", redirect_uris="http://app.example.com/cb\nhttps://ok.example/cb")
    save(operator)
    field = operator.locator(".field-redirect_uris")
    expect(field.get_by_role("listitem")).to_have_count(1)
    expect(field.get_by_role("listitem")).to_contain_text("http://app.example.com/cb: use https")
    expect(field.get_by_role("link", name="RFC 9700 §2.6")).to_be_visible()
    operator.get_by_label("Redirect URIs").fill("https://app.example.com/cb")
    save(operator)
    expect(operator.get_by_label("client_secret")).to_be_visible()


def test_without_scripts_a_secret_is_made_and_can_be_selected(
    new_context: Callable[..., BrowserContext], admin: str, seeded: dict[str, Any]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    log_in(page, seeded)
    fill(page, admin)
    save(page)
    secret, client_id = (page.get_by_label(name).input_value() for name in ("client_secret", "client_id"))
    assert token(admin, client_id, secret).status_code == 200
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_list_is_filtered_by_a_client_that_is_searched_for(operator: Page, admin: str) -> None:
    operator.goto(f"{admin}/oauth_provider/authorization/")
    filters = operator.locator("#changelist-filter")
    filters.get_by_role("combobox").first.click()
    operator.get_by_role("searchbox").last.fill("Photo")
    operator.get_by_role("option", name="Photo Book").click()
    filters.get_by_role("button", name="Filter").first.click()
    expect(filters.locator(".select2-selection__rendered").first).to_contain_text("Photo Book")
    assert "application__exact=" in operator.url


def test_an_operator_suspends_a_client_and_its_next_request_is_refused(operator: Page, admin: str) -> None:
    fill(operator, admin)
    save(operator)
    client_id, secret = (operator.get_by_label(name).input_value() for name in ("client_id", "client_secret"))
    assert token(admin, client_id, secret).status_code == 200
    operator.get_by_role("link", name="Go on to the client").click()
    operator.get_by_role("link", name="Suspend", exact=True).click()
    operator.get_by_role("button", name="Suspend").click()
    assert token(admin, client_id, secret).status_code == 401
    operator.get_by_role("link", name="Resume", exact=True).click()
    operator.get_by_role("button", name="Resume").click()
    assert token(admin, client_id, secret).status_code == 200


def test_many_scopes_are_filtered_and_a_folded_part_opens_where_its_anchor_leads(operator: Page, admin: str) -> None:
    for number in range(3):
        operator.goto(f"{admin}/oauth_provider/scope/add/")
        operator.locator("#id_name").fill(f"extra:{number}")
        operator.locator("#id_words").fill(f"Extra number {number}")
        operator.get_by_role("button", name="Save", exact=True).click()
    operator.goto(f"{admin}/oauth2_provider/application/1/change/")
    scopes = operator.locator("#id_scopes")
    operator.get_by_label("Filter scopes").first.fill("extra number")
    expect(scopes.get_by_role("checkbox").locator("visible=true")).to_have_count(3)
    expect(operator.locator("#record details")).not_to_have_attribute("open", "")
    operator.get_by_role("navigation", name="On this page").get_by_role("link", name="Record").click()
    expect(operator.locator("#record details")).to_have_attribute("open", "")


def pages(page: Page, admin: str) -> dict[str, Callable[[], Any]]:
    """Each page of ours, and the way there."""
    client = f"{admin}/oauth2_provider/application/1"

    def once() -> None:
        fill(page, admin)
        save(page)

    def tried() -> None:
        page.goto(f"{admin}/oauth2_provider/application/try/?client=1")
        field = page.get_by_label("Authorization URL")
        field.fill(field.input_value().replace("callback", "Callback%2F"))
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_text("character by character", exact=False).first).to_be_visible()

    def errors() -> None:
        fill(page, admin, kind="Web application", redirect_uris=f"http://{'long.' * 30}example.com/cb")
        save(page)

    return {
        "add": lambda: page.goto(f"{admin}/oauth2_provider/application/add/"),
        "errors": errors,
        "once": once,
        "change": lambda: page.goto(f"{client}/change/"),
        "suspend": lambda: page.goto(f"{client}/suspend/"),
        "revoke": lambda: page.goto(f"{client}/revoke/"),
        "access": lambda: page.goto(f"{admin}/oauth2_provider/application/access/"),
        "tried": tried,
        "rotate": lambda: page.goto(f"{client}/secrets/rotate/"),
        "authorizations": lambda: page.goto(f"{admin}/oauth_provider/authorization/"),
    }


PHONE = ["add", "errors", "once", "change", "rotate", "authorizations", "suspend", "access", "tried"]


@pytest.mark.parametrize("name", PHONE)
def test_nothing_is_wider_than_a_small_phone(
    new_context: Callable[..., BrowserContext], admin: str, seeded: dict[str, Any], name: str
) -> None:
    page = new_context(viewport={"width": WIDTH_OF_A_SMALL_PHONE, "height": 640}).new_page()
    log_in(page, seeded)
    pages(page, admin)[name]()
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_SMALL_PHONE


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", ["once", "rotate", "suspend", "revoke", "access", "tried"])
def test_axe_finds_nothing_on_the_pages_that_are_ours(
    new_context: Callable[..., BrowserContext], admin: str, seeded: dict[str, Any], name: str, look: str
) -> None:
    """What is around them is Django's."""
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    log_in(page, seeded)
    pages(page, admin)[name]()
    results = Axe().run(page, context="#content")
    assert results.violations_count == 0, results.generate_report()
