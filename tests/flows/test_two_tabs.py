"""Two tabs at the login page (RFC 6749 §4.1.1): each leads on to its own client, and an outdated form to none."""

import re
from typing import Any

import pytest
from django.test import Client as Browser

from tests.driver import Driver, query_of, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.1.2.1")]

LOGIN = "/accounts/login/"
PASSWORD = "correct horse"


@pytest.fixture
def driver() -> Driver:
    return signed_in(UserFactory(username="ann"), policy={})


def checked(driver: Driver) -> Browser:
    """The same browser, with Django's check."""
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    return browser


@pytest.fixture
def two_tabs(settings: Any) -> tuple[Browser, Driver, Driver]:
    """A browser with Django's check in which two clients ask somebody to sign in."""
    settings.ROOT_URLCONF = "tests.flows.login_urls"
    UserFactory(username="ann")
    UserFactory(username="bob")
    browser = Browser(enforce_csrf_checks=True)
    return browser, Driver(ApplicationFactory(), browser), Driver(ApplicationFactory(), browser)


def token_at(browser: Browser, login: str) -> str:
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(login).content.decode())
    assert found is not None
    return found[1]


def submit(browser: Browser, login: str, token: str, username: str = "ann") -> Any:
    return browser.post(login, {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token})


def test_two_tabs_at_the_login_lead_to_two_clients(two_tabs: tuple[Browser, Driver, Driver]) -> None:
    browser, *drivers = two_tabs
    logins = [driver.authorize()["Location"] for driver in drivers]
    tokens = [token_at(browser, login) for login in logins]
    for driver, login, token in zip(drivers, logins, tokens, strict=True):
        page = browser.get(submit(browser, login, token)["Location"])["Location"]
        assert driver.application.name in browser.get(page).content.decode()
    assert browser.get(logins[1])["Location"] == query_of(logins[1])["next"]


def test_an_outdated_form_signs_nobody_in(two_tabs: tuple[Browser, Driver, Driver]) -> None:
    browser, first, second = two_tabs
    logins = [driver.authorize()["Location"] for driver in (first, second)]
    tokens = [token_at(browser, login) for login in logins]
    submit(browser, logins[0], tokens[0])
    session = browser.session["_auth_user_id"]
    page = submit(browser, logins[1], tokens[1], "bob")  # somebody else: the form anew, and not on as ann
    assert page.status_code == 403
    assert 'name="password"' in page.content.decode()
    assert browser.session["_auth_user_id"] == session
    fresh = Browser(enforce_csrf_checks=True)
    page = submit(fresh, logins[0], "a" * 64)
    assert (page.status_code, "_auth_user_id" in fresh.session) == (403, False)
    assert "once more" in page.content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token is not None
    assert submit(fresh, logins[0], token[1]).status_code == 302


def test_a_login_that_is_demanded_is_shown_to_who_is_signed_in(two_tabs: tuple[Browser, Driver, Driver]) -> None:
    browser, first, _second = two_tabs
    login = first.authorize()["Location"]
    submit(browser, login, token_at(browser, login))
    demanded = first.authorize(prompt="login")["Location"]
    submit(browser, LOGIN, token_at(browser, LOGIN))
    assert browser.get(demanded)["Location"] == query_of(demanded)["next"]  # that one was made after it
    browser.get(query_of(demanded)["next"])
    assert 'name="password"' in browser.get(demanded).content.decode()  # and was used for it


@pytest.mark.parametrize("url", ["https://evil.example.com/", "//evil.example.com/oauth/authorize?ticket=x", "/admin/"])
def test_next_that_is_no_request_of_ours_is_not_followed(two_tabs: tuple[Browser, Driver, Driver], url: str) -> None:
    browser, first, _second = two_tabs
    login = first.authorize()["Location"]
    submit(browser, login, token_at(browser, login))
    assert 'name="password"' in browser.get(LOGIN, {"next": url}).content.decode()


def test_a_login_page_of_the_projects_own_leads_on_by_the_failure_view(driver: Driver, settings: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "oauth_provider.pages.csrf.csrf_failure"
    login = Driver(driver.application).authorize()["Location"]
    form = {"username": "ann", "password": PASSWORD}
    assert checked(driver).post(login, form)["Location"] == query_of(login)["next"]
    for response in (Browser(enforce_csrf_checks=True).post(login, form), checked(driver).post(LOGIN, form)):
        assert response.status_code == 403
