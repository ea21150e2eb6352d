"""Requests too long for a login page's ``next``, and those that came by POST: they wait as rows, answered whole."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client as Browser
from django.utils.http import url_has_allowed_host_and_scheme

from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import AUTHORIZE, Driver, incompressible, post, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.1")]

LONG = incompressible(3_000)
USERNAME = "ann"


@pytest.fixture
def driver() -> Driver:
    UserFactory(username=USERNAME)
    return Driver(ApplicationFactory(policy={}))


def way_back(location: str) -> str:
    """What the login page is given."""
    return query_of(location)["next"]


def log_in(browser: Browser, location: str) -> str:
    """Where the login page leads."""
    return browser.post(location, {"username": USERNAME, "password": "correct horse"})["Location"]


@pytest.mark.spec("RFC 6749", "4.1.2")
@each("length", [200, 900, 1_500, 2_000, 12_000])
def test_a_state_of_any_length_comes_back_from_a_login(driver: Driver, length: int) -> None:
    state = incompressible(length)
    back = log_in(driver.browser, driver.authorize(state=state)["Location"])
    answer = query_of(driver.decide(driver.browser.get(back)["Location"])["Location"])
    assert (answer["state"], "code" in answer) == (state, True)


@pytest.mark.parametrize(
    "changes", [{"state": LONG}, {"claims": json.dumps({"userinfo": {LONG: None}})}], ids=["state", "claims"]
)
def test_what_a_login_page_gets_is_short_enough_for_django(driver: Driver, changes: dict[str, str]) -> None:
    back = way_back(driver.authorize(scope="openid", **changes)["Location"])
    assert len(back) <= 1_500
    assert url_has_allowed_host_and_scheme(back, {"testserver"})
    assert LONG not in signing.dumps(back)


def test_a_short_request_still_writes_nothing(driver: Driver) -> None:
    with ledger.unchanged():
        assert "ticket=" in way_back(driver.authorize(state="s" * 200)["Location"])


def test_a_request_that_breaks_a_rule_is_kept_nowhere_however_long(driver: Driver) -> None:
    with ledger.unchanged():
        assert query_of(driver.authorize(state=LONG, scope="nothing:here")["Location"])["error"] == "invalid_scope"
        ledger.is_error_page(driver.authorize(state=LONG, client_id="nobody"))
        response = post(driver.browser, AUTHORIZE, driver.request(state=LONG, scope="nothing:here"))
        assert query_of(response["Location"])["error"] == "invalid_scope"
        ledger.is_error_page(post(driver.browser, AUTHORIZE, driver.request(state=LONG, client_id="nobody")))


def test_prompt_none_keeps_nothing(driver: Driver) -> None:
    with ledger.unchanged():
        assert query_of(driver.authorize(state=LONG, prompt="none")["Location"])["error"] == "login_required"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@each("is_signed_in", [True, False])
@each("length", [10, 5_000])
def test_a_post_is_answered_whole_and_no_url_of_ours_holds_it(driver: Driver, length: int, is_signed_in: bool) -> None:
    state = incompressible(length)
    if is_signed_in:
        driver.browser.post("/accounts/login/", {"username": USERNAME, "password": "correct horse"})
    url = post(driver.browser, AUTHORIZE, driver.request(state=state, login_hint="ann@example.com"))["Location"]
    urls = [url]
    if not is_signed_in:
        urls.append(driver.browser.get(url)["Location"])
        url = log_in(driver.browser, urls[-1])
    urls.append(driver.browser.get(url)["Location"])
    assert all(len(one) < 2_000 and f"={state}" not in one for one in urls)
    assert query_of(driver.decide(urls[-1])["Location"])["state"] == state


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("choice", ["this", "other"])
def test_account_choice_takes_a_long_request_along(driver: Driver, choice: str) -> None:
    driver.browser.post("/accounts/login/", {"username": USERNAME, "password": "correct horse"})
    page = driver.authorize(state=LONG, prompt="select_account")["Location"]
    assert len(page) <= 1_500
    assert driver.browser.get(page).status_code == 200
    back = driver.browser.post(page, {"choice": choice})["Location"]
    if choice == "other":
        back = log_in(driver.browser, back)
    assert query_of(driver.decide(driver.browser.get(back)["Location"])["Location"])["state"] == LONG


@pytest.mark.spec("OIDC Prompt Create", "4")
def test_sign_up_takes_a_long_request_along(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SIGN_UP_URL": "/accounts/login/"}
    location = driver.authorize(state=LONG, prompt="create")["Location"]
    assert len(way_back(location)) <= 1_500
    back = log_in(driver.browser, location)
    assert query_of(driver.decide(driver.browser.get(back)["Location"])["Location"])["state"] == LONG


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_login_that_was_demanded_is_demanded_of_a_long_request_too(driver: Driver) -> None:
    driver.browser.post("/accounts/login/", {"username": USERNAME, "password": "correct horse"})
    location = driver.authorize(state=LONG, prompt="login")["Location"]
    assert urlsplit(driver.browser.get(way_back(location))["Location"]).path == "/accounts/login/"
    back = log_in(driver.browser, location)
    page = driver.browser.get(back)["Location"]
    assert page.startswith("/oauth/consent/")
    # Back to the same login: its sign-in was used, and the request, now of that session, is kept once more.
    assert urlsplit(driver.browser.get(back)["Location"]).path == "/accounts/login/"


# Where the login page is


@each(
    ("page", "expected"),
    [
        ("https://sso.example.org/login/?site=auth", "http://testserver/oauth/authorize?"),
        ("//sso.example.org/login/", "http://testserver/oauth/authorize?"),
        ("https://testserver/login/", "http://testserver/oauth/authorize?"),
        ("http://testserver/login/", "/oauth/authorize?"),
        ("/login/", "/oauth/authorize?"),
    ],
)
@each("state", ["short", LONG])
def test_next_is_absolute_where_the_login_page_is_elsewhere(
    driver: Driver, settings: Any, page: str, expected: str, state: str
) -> None:
    settings.LOGIN_URL = page
    location = driver.authorize(state=state)["Location"]
    assert location.startswith(page)
    assert way_back(location).startswith(expected)
    assert len(way_back(location)) <= 1_600


# Whose it is


def test_the_row_holds_a_digest_and_no_address(driver: Driver) -> None:
    back = way_back(driver.authorize(state=LONG)["Location"])
    handle = signing.loads(query_of(back)["ticket"], salt="oauth_provider.authorization.request")[-1]
    row = PendingRequest.objects.get()
    assert (row.user_id, row.session_digest, len(handle)) == (None, "", 43)
    assert handle not in ledger.text()
    assert "127.0.0.1" not in ledger.text()


def test_a_kept_request_is_of_the_session_that_went_on_with_it(driver: Driver) -> None:
    back = way_back(driver.authorize(state=LONG)["Location"])
    driver.browser.post("/accounts/login/", {"username": USERNAME, "password": "correct horse"})
    assert driver.browser.get(back)["Location"].startswith("/oauth/consent/")
    stranger = signed_in(UserFactory()).browser
    with ledger.unchanged():
        for browser in (stranger, Browser()):
            page = browser.get(back)
            ledger.is_error_page(page)
            assert LONG not in page.content.decode()
    again = Browser()
    again.post("/accounts/login/", {"username": USERNAME, "password": "correct horse"})
    assert again.get(back)["Location"].startswith("/oauth/consent/")


def test_its_handle_decides_nothing_and_is_no_request_uri(driver: Driver) -> None:
    back = way_back(driver.authorize(state=LONG)["Location"])
    handle = signing.loads(query_of(back)["ticket"], salt="oauth_provider.authorization.request")[-1]
    driver.browser.post("/accounts/login/", {"username": USERNAME, "password": "correct horse"})
    driver.browser.get(back)
    rows = PendingRequest.objects.count()
    ledger.is_error_page(driver.browser.get(f"/oauth/consent/{handle}"))
    ledger.is_error_page(driver.decide(f"/oauth/consent/{handle}"))
    ledger.is_error_page(driver.open(f"urn:ietf:params:oauth:request_uri:{handle}"), "invalid_request_uri")
    assert (PendingRequest.objects.count(), Authorization.objects.count()) == (rows, 0)


def test_a_handle_that_nobody_signed_leads_nowhere(driver: Driver) -> None:
    back = way_back(driver.authorize(state=LONG)["Location"])
    handle = signing.loads(query_of(back)["ticket"], salt="oauth_provider.authorization.request")[-1]
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"kept": handle}))
        forged = signing.dumps([[], None, 0, "", False, False, handle], salt="another")
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": forged}))


def test_it_is_judged_anew(driver: Driver) -> None:
    back = way_back(driver.authorize(state=LONG)["Location"])
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(back))


def test_a_request_that_must_be_pushed_cannot_be_kept_instead(driver: Driver) -> None:
    back = way_back(driver.authorize(state=LONG)["Location"])
    ClientPolicy.objects.update(require_pushed_authorization_requests=True)
    assert query_of(driver.browser.get(back)["Location"])["error"] == "invalid_request"
