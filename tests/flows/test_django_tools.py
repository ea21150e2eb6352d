"""Answers as Django's own tools and default middleware expect them: test client, redirects, cookies, opener policy."""

import asyncio
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseRedirectBase
from django.test import AsyncClient, SimpleTestCase
from django.test import Client as Browser

from tests.driver import AUTHORIZE, METADATA, Driver, incompressible, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

OPENER = "Cross-Origin-Opener-Policy"


class LocationMiddleware:
    """As many projects have one: it reads where a redirect leads."""

    seen: list[str] = []

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        if 300 <= response.status_code < 400:
            self.seen.append(response.url)  # type: ignore[attr-defined]
        return response


# Redirects


@each("redirect_uri", [CALLBACK, "http://127.0.0.1:4000/callback", "com.example.app:/callback"], ids=str)
def test_a_redirect_is_one_to_django_wherever_it_leads(redirect_uri: str, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http", "com.example.app"]}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.LocationMiddleware"]
    LocationMiddleware.seen.clear()
    driver = signed_in(redirect_uri=redirect_uri)
    page = driver.authorize()
    answer = driver.decide(page.url)
    for response in (page, answer):
        assert isinstance(response, HttpResponseRedirect)
        assert response.status_code == 303
    assert answer.url.startswith(f"{redirect_uri}?code=")
    assert LocationMiddleware.seen == [page.url, answer.url]
    assert "SeeOther" in repr(answer)


def test_a_projects_own_test_may_follow_our_redirects() -> None:
    driver = Driver(
        ApplicationFactory(redirect_uris="https://testserver/callback"), redirect_uri="https://testserver/callback"
    )
    response = driver.browser.get(AUTHORIZE, driver.request(), follow=True)
    assert response.redirect_chain[0][1] == 303
    assert response.request["PATH_INFO"] == "/accounts/login/"
    driver.sign_in(UserFactory())
    response = driver.browser.get(AUTHORIZE, driver.request(), follow=True)
    assert response.status_code == 200
    answered = driver.browser.post(response.redirect_chain[-1][0], {"decision": "allow"}, follow=True)
    assert "code" in query_of(answered.redirect_chain[0][0])


def test_assert_redirects_takes_them() -> None:
    driver = signed_in()
    response = driver.authorize(state="x", scope="nothing:here")
    SimpleTestCase().assertRedirects(response, response.url, status_code=303, fetch_redirect_response=False)


def test_a_redirect_may_be_as_long_as_what_was_asked() -> None:
    state = incompressible(15_000)
    assert query_of(signed_in().authorize(state=state, scope="nothing:here").url)["state"] == state


def test_django_itself_would_have_refused_the_scheme_of_an_app() -> None:
    """Why the class is our own."""
    with pytest.raises(Exception, match="Unsafe redirect"):
        HttpResponseRedirect("com.example.app:/callback")
    assert issubclass(HttpResponseRedirect, HttpResponseRedirectBase)


def test_an_asynchronous_client_follows_too() -> None:
    driver = Driver(ApplicationFactory())
    answer = asyncio.run(AsyncClient().get("/.well-known/oauth-authorization-server"))
    assert (answer.status_code, answer.streaming) == (200, False)
    assert driver.authorize().streaming is False


# The opener of a popup


@pytest.mark.parametrize("policy", ["same-origin", "same-origin-allow-popups"])
def test_no_answer_on_the_way_cuts_a_popup_off_from_its_opener(settings: Any, policy: str) -> None:
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = policy
    settings.ROOT_URLCONF = "tests.flows.login_urls"
    UserFactory(username="ann")
    driver = Driver(ApplicationFactory())
    login = driver.authorize()
    form = driver.browser.get(login.url)
    signed = driver.browser.post(login.url, {"username": "ann", "password": "correct horse"})
    asked = driver.browser.get(signed.url)
    page = driver.browser.get(asked.url)
    answer = driver.decide(asked.url)
    others = [
        driver.authorize(prompt="select_account"),
        driver.browser.get(driver.authorize(prompt="select_account").url),
        driver.authorize(response_mode="form_post"),
        driver.browser.get(AUTHORIZE),
        driver.browser.get("/oauth/logout"),
        Browser(enforce_csrf_checks=True).post(asked.url, {}),
    ]
    for response in (login, form, signed, asked, page, answer, *others):
        assert response[OPENER] == "unsafe-none", response
    assert driver.browser.get("/admin/login/")[OPENER] == policy  # and of nobody else's


# What everybody's cache may keep


@pytest.mark.spec("RFC 9111", "7.3")
@each("path", [METADATA, "/.well-known/openid-configuration", "/oauth/jwks", "/oauth/check_session"])
def test_a_public_answer_carries_nobodys_cookie(settings: Any, path: str) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "messages" not in one]
    browser = signed_in().browser
    session = browser.session.session_key
    response = browser.get(path)
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    known = browser.get(path, headers={"If-None-Match": response["ETag"]}) if response.has_header("ETag") else response
    assert not known.cookies
    browser.session.flush()
    assert not browser.get(path).cookies  # nor the deletion of one
    assert session


def test_a_page_that_is_nobody_elses_keeps_the_session_going(settings: Any) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    page = signed_in().authorize()
    assert page.cookies["sessionid"].value
    assert page["Cache-Control"] == "no-store"
