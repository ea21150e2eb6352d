"""A11, clickjacking: none of our pages stands in anybody's frame (RFC 9700 §4.16)."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.test import modify_settings

from oauth_provider.urls import urlpatterns
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.16"), pytest.mark.spec("RFC 6749", "10.13")]


def unapproved() -> Driver:
    return Driver(ApplicationFactory(policy={"status": "unapproved"}))


PAGES: dict[str, Any] = {
    "consent": lambda driver: driver.browser.get(driver.authorize()["Location"]),
    "account": lambda driver: driver.browser.get(driver.authorize(prompt="select_account")["Location"]),
    "account of nobody's request": lambda driver: driver.browser.get("/oauth/select-account"),
    "new sign-in": lambda driver: driver.browser.get(
        driver.authorize(prompt="select_account")["Location"].replace("select-account", "sign-in-again")
    ),
    "form_post": lambda driver: driver.authorize(response_mode="form_post", scope="nothing:here"),
    "error of a request_uri": lambda driver: driver.open("urn:ietf:params:oauth:request_uri:" + "a" * 43),
    "error of the authorization endpoint": lambda driver: driver.authorize(client_id="nobody"),
    "error of a redirect URI": lambda driver: driver.authorize(redirect_uri="https://evil.example.com/"),
    "error of an unapproved client": lambda driver: unapproved().authorize(scope="nothing:here"),
    "error of the consent page": lambda driver: driver.browser.get("/oauth/consent/" + "a" * 43),
    "error of a decision": lambda driver: driver.decide("/oauth/consent/" + "a" * 43),
    "logout": lambda driver: driver.browser.get("/oauth/logout"),
    "logged out": lambda driver: Browser().get("/oauth/logout"),
    "error of a logout": lambda driver: driver.browser.get("/oauth/logout?client_id=nobody"),
    "too large": lambda driver: driver.authorize(state="a" * 20_000),
}


@each("page", PAGES.values(), ids=PAGES)
def test_a_page_says_so_itself_whatever_middleware_a_project_has(page: Any) -> None:
    with modify_settings(
        MIDDLEWARE={
            "remove": [
                "django.middleware.clickjacking.XFrameOptionsMiddleware",
                "django.middleware.security.SecurityMiddleware",
            ]
        }
    ):
        response = page(signed_in())
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.spec("OIDC Session Management", "3.2")
def test_one_page_may_stand_in_frames_and_has_nothing_to_click() -> None:
    response = Browser().get("/oauth/check_session")
    assert "frame-ancestors" not in response["Content-Security-Policy"]
    assert not response.has_header("X-Frame-Options")
    body = response.content.decode().partition("<body>")[2]
    assert body.split() == ["</body>", "</html>"]


def test_it_is_the_only_one() -> None:
    paths = [f"/{one.pattern.regex.pattern}" for one in urlpatterns if one.name and not one.pattern.regex.groups]
    framed = []
    for path in paths:
        response = Browser().get(path.replace("^", "").replace("/?$", ""))
        if response["Content-Type"].startswith("text/html") and not response.has_header("X-Frame-Options"):
            framed.append(path)
    assert framed == ["/^oauth/check_session/?$"]
