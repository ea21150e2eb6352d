"""Re-authentication (OpenID Connect Core §3.1.2.1): no link ends a login, and a new one is really asked for."""

import functools
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import LoginView
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client as Browser
from django.urls import include, path

from oauth_provider.authorization.flushed_session import Flushed, flushed, watch_sessions
from oauth_provider.models import Authorization, LogoutDelivery
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.logout import is_logged_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.1")]

# The project's login page sends on whoever is signed in.
urlpatterns = [
    path("", include("oauth_provider.urls")),
    path("accounts/login/", LoginView.as_view(template_name="admin/login.html", redirect_authenticated_user=True)),
    path("admin/", admin.site.urls),
]

DEMANDS = [{"prompt": "login"}, {"max_age": "0"}]
ASKS = "/oauth/sign-in-again"


@pytest.fixture
def driver(settings: Any) -> Driver:
    settings.ROOT_URLCONF = __name__
    driver = signed_in(UserFactory(username="ann"))
    driver.code()
    return driver


def follow(driver: Driver, url: str) -> str:
    """The first page on the way from ``url`` that a person sees, or the URL of the client."""
    for _ in range(10):
        response = driver.browser.get(url)
        if "Location" not in response:
            return url
        url = response["Location"]
        if url.startswith(CALLBACK):
            return url
    raise AssertionError("The browser goes in circles.")


def page_that_asks(driver: Driver, **demand: str) -> str:
    """Where a browser stops that was sent for a new login."""
    url = follow(driver, driver.authorize(**demand)["Location"])
    assert urlsplit(url).path == ASKS
    return url


def log_in(driver: Driver, url: str, username: str = "ann") -> Any:
    """Fill in the login form at ``url``: the response of the authorization endpoint."""
    response = driver.browser.post(url, {"username": username, "password": "correct horse"})
    assert response.status_code == 302, response.content
    return driver.browser.get(response["Location"])


@pytest.mark.parametrize("demand", DEMANDS, ids=str)
def test_a_person_whom_the_login_page_sends_on_is_asked_first(driver: Driver, demand: dict[str, str]) -> None:
    key = driver.browser.session.session_key
    with ledger.unchanged():
        page = driver.browser.get(page_that_asks(driver, **demand)).content.decode()
    assert "ann" in page
    assert driver.application.name in page
    assert driver.browser.session.session_key == key
    assert is_logged_in(driver)


@pytest.mark.parametrize("demand", DEMANDS, ids=str)
def test_a_yes_ends_the_login_and_only_a_new_one_brings_a_code(driver: Driver, demand: dict[str, str]) -> None:
    key = driver.browser.session.session_key
    answer = driver.browser.post(page_that_asks(driver, **demand), {"choice": "again"})
    assert answer.status_code == 303
    assert urlsplit(answer["Location"]).path == "/accounts/login/"
    assert not is_logged_in(driver)
    with ledger.unchanged():
        assert urlsplit(follow(driver, query_of(answer["Location"])["next"])).path == "/accounts/login/"
    assert "code" in query_of(log_in(driver, answer["Location"])["Location"])
    assert driver.browser.session.session_key != key


def test_a_no_is_told_to_the_client_and_leaves_the_session(driver: Driver) -> None:
    url = page_that_asks(driver, prompt="login")
    with ledger.unchanged():
        answer = driver.browser.post(url, {"choice": "cancel"})["Location"]
    assert answer.startswith(CALLBACK)
    assert (query_of(answer)["error"], query_of(answer)["state"]) == ("login_required", "a state")
    assert is_logged_in(driver)


@each("choice", ["", "AGAIN", "\x00"])
def test_no_choice_is_a_page_and_ends_nothing(driver: Driver, choice: str) -> None:
    ledger.is_error_page(driver.browser.post(page_that_asks(driver, prompt="login"), {"choice": choice}))
    assert is_logged_in(driver)


@pytest.mark.spec("RFC 9700", "4.7")
def test_the_answer_needs_a_csrf_token(driver: Driver) -> None:
    url = page_that_asks(driver, prompt="login")
    driver.browser.handler.enforce_csrf_checks = True
    assert driver.browser.post(url, {"choice": "again"}).status_code == 403
    assert is_logged_in(driver)
    page = driver.browser.get(url).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert driver.browser.post(url, {"choice": "again", "csrfmiddlewaretoken": token}).status_code == 303


@each("ticket", ["", "nonsense", "\x00"])
def test_the_page_needs_a_ticket_of_ours(driver: Driver, ticket: str) -> None:
    for ask in (driver.browser.get, driver.browser.post):
        assert ask(ASKS, {"ticket": ticket}).status_code == 400
    assert driver.browser.put(ASKS).status_code == 405
    assert is_logged_in(driver)


def test_the_page_of_nobody_leads_on_to_the_login_page(driver: Driver) -> None:
    url = page_that_asks(driver, prompt="login")
    assert urlsplit(follow(Driver(driver.application, browser=Browser()), url)).path == "/accounts/login/"


def test_a_sign_up_that_sends_people_on_asks_too_and_leads_to_the_sign_up_page(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGN_UP_URL": "/accounts/login/?new=1"}
    answer = driver.browser.post(page_that_asks(driver, prompt="create"), {"choice": "again"})
    assert query_of(answer["Location"])["new"] == "1"


# -- another person signs in over it -------------------------------------------------------------------------


@pytest.fixture
def online() -> Driver:
    """Somebody signed in, with a client that hears of the end of their session; the login page sends nobody on."""
    driver = signed_in(UserFactory(username="ann"), policy={"backchannel_logout_uri": "https://app.example.com/out"})
    driver.scope = "openid notes:read"
    return driver


ENGINES = ["db", "cached_db", "cache", "signed_cookies"]


@pytest.mark.spec("OIDC Back-Channel Logout", "2.7")
@each("engine", ENGINES)
def test_another_person_who_signs_in_over_a_session_logs_the_first_one_out(settings: Any, engine: str) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    driver = signed_in(UserFactory(username="ann"), policy={"backchannel_logout_uri": "https://app.example.com/out"})
    driver.scope = "openid notes:read"
    tokens, sid = driver.tokens(), Authorization.objects.get().sid
    UserFactory(username="bob")
    log_in(driver, driver.authorize(prompt="login")["Location"], "bob")
    assert ledger.is_over(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get(sid=sid).revoked_reason == "logout"
    assert list(LogoutDelivery.objects.values_list("sid", flat=True)) == [sid]


def test_it_needs_no_request_of_ours_for_that(online: Driver) -> None:
    tokens = online.tokens()
    UserFactory(username="bob")
    online.browser.post("/accounts/login/", {"username": "bob", "password": "correct horse"})
    assert ledger.is_over(tokens["access_token"])
    assert LogoutDelivery.objects.count() == 1


def test_the_same_person_goes_on_under_a_new_session_key(online: Driver) -> None:
    tokens, key = online.tokens(), online.browser.session.session_key
    online.browser.post("/accounts/login/", {"username": "ann", "password": "correct horse"})
    assert online.browser.session.session_key != key
    assert ledger.is_good(tokens["access_token"])
    assert not LogoutDelivery.objects.exists()
    online.browser.logout()
    assert ledger.is_over(tokens["access_token"])
    assert LogoutDelivery.objects.count() == 1


def test_the_same_person_with_a_new_password_goes_on_too(online: Driver) -> None:
    """Django flushes the session there, as it does for another person."""
    tokens, user = online.tokens(), get_user_model().objects.get()
    user.set_password("battery staple")
    user.save()
    online.browser.post("/accounts/login/", {"username": "ann", "password": "battery staple"})
    assert ledger.is_good(tokens["access_token"])
    online.browser.logout()
    assert ledger.is_over(tokens["access_token"])


def test_a_logout_and_a_login_in_one_request_tell_the_clients_once(online: Driver, rf: Any) -> None:
    """As a project's own page does that changes accounts."""
    online.tokens()
    request = rf.get("/")
    request.session, request.user = online.browser.session, get_user_model().objects.get()
    logout(request)
    login(request, UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert LogoutDelivery.objects.count() == 1


def test_a_login_of_another_person_to_something_else_is_no_sign_in_of_this_session(online: Driver, rf: Any) -> None:
    """Libraries for API tokens send the signal, too, with whatever session came along."""
    tokens, before = online.tokens(), dict(online.browser.session.items())
    request = rf.get("/")
    request.session = online.browser.session
    user_logged_in.send(sender=None, request=request, user=UserFactory())
    assert dict(request.session.items()) == before
    assert ledger.is_good(tokens["access_token"])


def test_sessions_are_watched_though_another_library_wrapped_them_first(monkeypatch: pytest.MonkeyPatch) -> None:
    clear = SessionBase.clear.__wrapped__  # type: ignore[attr-defined]

    @functools.wraps(clear)
    def wrapped(session: Any) -> None:
        clear(session)

    monkeypatch.setattr(SessionBase, "clear", wrapped)
    watch_sessions("name")
    assert SessionBase.clear is not wrapped
    watched = SessionBase.clear
    watch_sessions("name")
    assert SessionBase.clear is watched
    session = SessionBase()
    session["name"] = {"sid": "x"}
    session.clear()
    assert flushed(session) == Flushed({"sid": "x"}, "")
