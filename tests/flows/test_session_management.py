"""Watching the session (OpenID Connect Session Management 1.0 §3): ``session_state``, its cookie, and its page."""

import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from oauth_provider.middleware import BrowserStateMiddleware
from oauth_provider.pages import check_session
from oauth_provider.pages.sending.browser_state import COOKIE
from oauth_provider.protocol import jws
from oauth_provider.protocol.session_state import session_state_of
from oauth_provider.tokens.key_ring import key_ring
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.logout import answer
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Session Management", "3")]

PAGE = "/oauth/check_session"
METADATA = "/.well-known/openid-configuration"


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(skip_authorization=True)
    driver.scope = "openid notes:read"
    return driver


def state_of(driver: Driver) -> str:
    """What the browser's cookie holds."""
    cookie = driver.browser.cookies.get(COOKIE)
    return cookie.value if cookie else ""


def status(driver: Driver, session_state: str, origin: str = "https://app.example.com") -> str:
    """What the frame's script would say."""
    salt = session_state.partition(".")[2]
    facts = {"client_id": driver.application.client_id, "browser_state": state_of(driver), "salt": salt}
    return "unchanged" if session_state_of(redirect_uri=origin, **facts) == session_state else "changed"


def signed(driver: Driver, **changes: Any) -> str:
    """The ``session_state`` of an answer."""
    return query_of(driver.authorize(**changes)["Location"])["session_state"]


# -- session_state ---------------------------------------------------------------------------------------------


def test_it_comes_with_the_code_and_fits_the_cookie(driver: Driver) -> None:
    session_state = signed(driver)
    assert re.fullmatch(r"[0-9a-f]{64}\.[0-9A-Za-z]{22}", session_state)
    assert status(driver, session_state) == "unchanged"


def test_each_has_a_salt_of_its_own_and_the_first_still_serves(driver: Driver) -> None:
    first, second = signed(driver), signed(driver)
    assert first != second
    assert (status(driver, first), status(driver, second)) == ("unchanged", "unchanged")


def test_a_decision_says_it_too_twice_for_a_double_click() -> None:
    driver = signed_in()
    driver.scope = "openid"
    page = driver.authorize()["Location"]
    first = driver.decide(page)["Location"]
    assert status(driver, query_of(first)["session_state"]) == "unchanged"
    assert driver.decide(page)["Location"] == first


@each("response_mode", ["fragment", "form_post", "query.jwt"])
def test_it_travels_as_the_code_does(driver: Driver, response_mode: str) -> None:
    response = driver.authorize(response_mode=response_mode)
    if response_mode == "fragment":
        session_state = parse_qs(response["Location"].partition("#")[2])["session_state"][0]
    elif response_mode == "form_post":
        session_state = re.findall(r'name="session_state" value="([^"]*)"', response.content.decode())[0]
    else:
        claims = jws.verify(query_of(response["Location"])["response"], key_ring().known, algorithms=["RS256"]).claims
        session_state = claims["session_state"]
    assert status(driver, session_state) == "unchanged"


def test_a_client_that_signs_nobody_in_gets_none(driver: Driver) -> None:
    assert "session_state" not in query_of(driver.authorize(scope="notes:read")["Location"])


@pytest.mark.parametrize("changes", [{"scope": "nothing:here"}, {"prompt": "none", "max_age": "0"}], ids=str)
def test_nor_does_an_error(driver: Driver, changes: dict[str, str]) -> None:
    answered = query_of(driver.authorize(**changes)["Location"])
    assert "error" in answered
    assert "session_state" not in answered


def test_nor_does_an_app_without_pages() -> None:
    driver = signed_in(redirect_uri="com.example.app:/callback", skip_authorization=True)
    driver.scope = "openid"
    assert "session_state" not in query_of(driver.authorize()["Location"])


# -- the browser state -----------------------------------------------------------------------------------------


def test_it_changes_with_a_logout(driver: Driver) -> None:
    session_state = signed(driver)
    answer(driver, driver.browser.get("/oauth/logout"))
    assert state_of(driver) == ""
    assert status(driver, session_state) == "changed"


def test_it_changes_with_another_login_of_the_same_person(driver: Driver) -> None:
    user = UserFactory()
    driver.sign_in(user)
    session_state, before = signed(driver), state_of(driver)
    driver.sign_in(user)
    driver.authorize()
    assert state_of(driver) not in ("", before)
    assert status(driver, session_state) == "changed"


def test_it_changes_with_a_new_login_and_not_where_one_is_asked_for(driver: Driver) -> None:
    session_state = signed(driver)
    login = driver.authorize(prompt="login")["Location"]
    assert status(driver, session_state) == "unchanged"
    username = get_user_model().objects.get().get_username()
    back = driver.browser.post(login, {"username": username, "password": "correct horse"})["Location"]
    driver.browser.get(back)
    assert status(driver, session_state) == "changed"


def test_two_people_have_two(driver: Driver) -> None:
    driver.authorize()
    other = signed_in(skip_authorization=True)
    other.authorize()
    assert state_of(driver) != state_of(other)


def test_whoever_has_the_cookie_knows_nothing_by_it(driver: Driver) -> None:
    driver.authorize()
    state, session = state_of(driver), driver.browser.session
    for secret in (session.session_key, session["oauth_provider.sign_in"]["sid"], session["_auth_user_hash"]):
        assert secret not in state
    thief = Browser()
    thief.cookies[COOKIE] = state
    assert thief.get("/oauth/authorize", driver.request())["Location"].startswith("/accounts/login/")
    with ledger.unchanged():
        thief.get("/oauth/logout")
    assert driver.authorize()["Location"].startswith(CALLBACK)


def test_a_forged_cookie_is_put_right_and_no_answer_follows_it(driver: Driver) -> None:
    driver.authorize()
    state = state_of(driver)
    driver.browser.cookies[COOKIE] = "0" * 64
    session_state = signed(driver)
    assert state_of(driver) == state
    assert status(driver, session_state) == "unchanged"


def test_it_is_set_once_and_not_again(driver: Driver) -> None:
    assert COOKIE in driver.authorize().cookies
    assert COOKIE not in driver.authorize().cookies


def test_nobody_who_is_not_signed_in_gets_one() -> None:
    assert COOKIE not in Browser().get("/oauth/logout").cookies


@each(
    ("issuer", "host", "same_site", "is_secure"),
    [
        ("https://auth.example.com", "auth.example.com", "None", True),
        ("https://auth.example.com", "10.0.0.1", "None", True),
        ("http://localhost:8000", "localhost:8000", "None", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "None", True),
        ("http://[::1]:8000", "[::1]:8000", "None", True),
        ("http://dev.internal", "dev.internal", "Lax", False),
        ("http://localhost.evil.com", "localhost.evil.com", "Lax", False),
    ],
)
def test_frames_of_other_sites_see_it_wherever_a_browser_lets_them(
    driver: Driver, settings: Any, issuer: str, host: str, same_site: str, is_secure: bool
) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "ISSUER": issuer}
    cookie = driver.browser.get("/oauth/authorize", driver.request(), headers={"host": host}).cookies[COOKIE]
    assert (cookie["samesite"], bool(cookie["secure"]), bool(cookie["httponly"])) == (same_site, is_secure, False)


def test_it_ends_when_the_session_does(driver: Driver, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 900
    assert 890 <= int(driver.authorize().cookies[COOKIE]["max-age"]) <= 900
    settings.SESSION_EXPIRE_AT_BROWSER_CLOSE = True
    driver.browser.cookies.pop(COOKIE)
    assert driver.authorize().cookies[COOKIE]["max-age"] == ""


def test_it_goes_where_the_sessions_cookie_goes(driver: Driver, settings: Any) -> None:
    settings.SESSION_COOKIE_DOMAIN, settings.SESSION_COOKIE_PATH = ".example.com", "/app"
    cookie = driver.authorize().cookies[COOKIE]
    assert (cookie["domain"], cookie["path"]) == (".example.com", "/app")


# -- the middleware --------------------------------------------------------------------------------------------


@pytest.fixture
def everywhere(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "oauth_provider.middleware.BrowserStateMiddleware"]


@pytest.mark.usefixtures("everywhere")
def test_with_the_middleware_a_projects_own_pages_say_it_too(driver: Driver) -> None:
    driver.sign_in(UserFactory(is_staff=True))
    session_state = signed(driver)
    assert driver.browser.post("/admin/logout/").status_code == 200
    assert state_of(driver) == ""
    assert status(driver, session_state) == "changed"


@pytest.mark.usefixtures("everywhere")
def test_nobody_else_gets_a_cookie_of_it() -> None:
    assert COOKIE not in Browser().get("/admin/login/").cookies


def test_a_page_that_looks_at_no_session_is_left_alone() -> None:
    seen = BrowserStateMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    assert COOKIE not in seen(request).cookies
    request.session = SessionStore("a" * 32)
    assert COOKIE not in seen(request).cookies
    assert not request.session.accessed


# -- the page --------------------------------------------------------------------------------------------------


def test_the_page_is_advertised_and_answers(driver: Driver) -> None:
    assert driver.browser.get(METADATA).json()["check_session_iframe"] == f"https://auth.example.com{PAGE}"
    assert driver.browser.get(PAGE).status_code == 200
    assert driver.browser.get(f"{PAGE}/").status_code == 200
    assert driver.browser.head(PAGE).status_code == 200


@each("method", ["post", "put", "delete"])
def test_it_is_only_read(driver: Driver, method: str) -> None:
    response = getattr(driver.browser, method)(PAGE)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_it_is_the_same_for_everybody_and_may_be_kept(driver: Driver) -> None:
    response = driver.browser.get(PAGE, {"a": "<script>"})
    assert response.content == Browser().get(PAGE).content
    # By itself, whatever middleware a project has: it looks at no session.
    assert "Cookie" not in check_session.view(RequestFactory().get(PAGE)).get("Vary", "")
    assert not response.cookies
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}


def test_its_policy_lets_one_script_of_ours_run_and_nothing_else(driver: Driver) -> None:
    response = driver.browser.get(PAGE)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", response.content.decode())
    assert scripts == [(' src="/static/oauth_provider/check_session.js"', "")]
    assert finders.find("oauth_provider/check_session.js")


def test_the_script_knows_the_cookie_by_its_name() -> None:
    with open(finders.find("oauth_provider/check_session.js")) as script:  # type: ignore[arg-type]
        assert f'const COOKIE = "{COOKIE}=";' in script.read()


def test_turned_off_there_is_none_of_it(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SESSION_MANAGEMENT": False}
    response = driver.authorize()
    assert "session_state" not in query_of(response["Location"])
    assert COOKIE not in response.cookies
    assert driver.browser.get(PAGE).status_code == 404
    assert "check_session_iframe" not in driver.browser.get(METADATA).json()
