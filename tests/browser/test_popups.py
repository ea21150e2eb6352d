"""A client's popup (HTML §7.1.3): it keeps its opener through login, consent and answer under Django's middleware."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from oauth_provider.protocol.pkce import s256
from tests.browser.playground import Playground
from tests.browser.test_check_session import CLIENT_ID, site
from tests.demo.server import Demo

DEFAULT_MIDDLEWARE = {
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
}
# A client's only page: it opens the popup, and as the callback in it tells its opener what came.
PAGE = """<!doctype html><title>client</title><link rel="icon" href="data:,"><h1>waiting</h1><script>
if (location.pathname === "/callback") {
  document.querySelector("h1").textContent = window.opener ? "told" : "alone";
  if (window.opener) window.opener.postMessage(location.search, location.origin);
}
window.addEventListener("message", (event) => {
  if (event.origin === location.origin) document.querySelector("h1").textContent = event.data;
});
</script>"""


@pytest.fixture
def client(demo: Demo) -> Iterator[str]:
    """The origin of a client on another site than the server."""
    with site(PAGE) as origin, closing(sqlite3.connect(demo.database)) as database:
        where = f"WHERE client_id = '{CLIENT_ID}'"
        (before,) = database.execute(f"SELECT redirect_uris FROM oauth2_provider_application {where}").fetchone()
        change = f"UPDATE oauth2_provider_application SET redirect_uris = ? {where}"
        with database:
            database.execute(change, [f"{before} {origin}/callback"])
        yield origin
        with database:
            database.execute(change, [before])


def request_url(seeded: dict[str, Any], client: str, **changes: str) -> str:
    parameters = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{client}/callback",
        "scope": "notes:read",
        "state": "s",
        "code_challenge": s256("v" * 43),
        "code_challenge_method": "S256",
    }
    return f"{seeded['issuer']}/oauth/authorize?{urlencode(parameters | changes)}"


def opened(page: Page, client: str, url: str) -> Page:
    page.goto(client)
    with page.expect_popup() as popup:
        page.evaluate("(url) => { window.open(url, 'sign-in', 'width=480,height=640') }", url)
    return popup.value


def lead(popup: Page, url: str) -> None:
    """As a link does. An address that somebody types in begins a context of its own anyway."""
    popup.evaluate("(url) => { location.assign(url) }", url)


def test_the_demo_runs_under_djangos_default_middleware() -> None:
    from demo_project import settings

    assert set(settings.MIDDLEWARE) >= DEFAULT_MIDDLEWARE
    assert not hasattr(settings, "SECURE_CROSS_ORIGIN_OPENER_POLICY")


@pytest.mark.parametrize("button", ["Allow", "Cancel"])
def test_a_popup_tells_its_opener_what_came_of_login_and_consent(
    page: Page, client: str, unasked: dict[str, Any], button: str
) -> None:
    popup = opened(page, client, request_url(unasked, client))
    Playground(popup, unasked).log_in()
    Playground(popup, unasked).press(button)
    expect(page.get_by_role("heading")).to_contain_text("code=oac_" if button == "Allow" else "error=access_denied")


def test_a_popup_keeps_its_opener_through_account_choice_and_form_post_and_errors(
    page: Page, client: str, unasked: dict[str, Any]
) -> None:
    popup = opened(page, client, request_url(unasked, client, prompt="select_account"))
    Playground(popup, unasked).log_in()
    expect(popup.get_by_role("button", name="Allow")).to_be_visible()
    lead(popup, request_url(unasked, client, prompt="select_account"))
    expect(popup.get_by_role("button", name="Use this account")).to_be_visible()
    assert popup.evaluate("window.opener !== null")
    lead(popup, f"{unasked['issuer']}/oauth/authorize?client_id=nobody")
    expect(popup.get_by_role("heading")).to_have_text("This link does not work")
    assert popup.evaluate("window.opener !== null")
    lead(popup, request_url(unasked, client, scope="nothing:here"))
    expect(page.get_by_role("heading")).to_contain_text("error=invalid_scope")


def test_two_tabs_at_the_login_both_reach_their_page(page: Page, unasked: dict[str, Any]) -> None:
    first = unasked["clients"]["web"]["redirect_uris"][0]
    url = request_url(unasked, "").replace(urlencode({"redirect_uri": "/callback"}), urlencode({"redirect_uri": first}))
    second = page.context.new_page()
    for tab in (page, second):
        tab.goto(url)
        expect(tab.get_by_label("Password")).to_be_visible()
    for tab in (page, second):
        Playground(tab, unasked).log_in()
        expect(tab.get_by_role("button", name="Allow")).to_be_visible()
