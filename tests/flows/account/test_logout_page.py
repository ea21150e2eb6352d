"""Logging out by one's own wish (OIDC Front-Channel Logout 1.0 §2): a POST does, and the clients hear of it."""

import re
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import LogoutDelivery
from tests.backchannel import TOLD
from tests.driver import Driver, post, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.logout import is_logged_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Front-Channel Logout", "2")]

LOGIN, LOGOUT, PROFILE = "/accounts/login/", "/accounts/logout/", "/accounts/profile/"
FRAME = "https://app.example.com/frontchannel"


@pytest.fixture(autouse=True)
def pages(settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.flows.account.urls"
    return settings


@pytest.fixture
def driver() -> Driver:
    return signed_in(UserFactory(username="ann"), policy={})


def test_a_link_asks_and_logs_nobody_out(driver: Driver) -> None:
    page = driver.browser.get(LOGOUT)
    assert is_logged_in(driver)
    html = page.content.decode()
    assert "Do you want to log out?" in html
    assert f'<form method="post" action="{LOGOUT}"' in html
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("decision", [{}, {"decision": "log_out"}], ids=["account page", "question"])
def test_a_post_logs_out_and_leads_on_to_the_login(driver: Driver, decision: dict[str, str]) -> None:
    page = driver.browser.post(LOGOUT, decision)
    assert not is_logged_in(driver)
    assert page.status_code == 200
    assert f'href="{LOGIN}"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_who_stays_goes_on_to_the_account_page(driver: Driver) -> None:
    assert driver.browser.post(LOGOUT, {"decision": "stay"})["Location"] == PROFILE
    assert is_logged_in(driver)


def test_a_head_logs_nobody_out(driver: Driver) -> None:
    assert driver.browser.head(LOGOUT).status_code == 200
    assert is_logged_in(driver)


def test_a_logout_from_another_site_is_refused_and_led_to_the_question(driver: Driver) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    page = post(browser, LOGOUT, {})
    assert page.status_code == 403
    assert is_logged_in(driver)
    assert 'href="/oauth/logout"' in page.content.decode()


def test_the_setting_of_the_project_says_where_to_go_next(driver: Driver, settings: Any) -> None:
    settings.LOGOUT_REDIRECT_URL = "/bye/"
    assert driver.browser.post(LOGOUT)["Location"] == "/bye/"
    assert not is_logged_in(driver)


@each(("url", "leads_to"), [("/bye/", "/bye/"), ("https://evil.example.com/", None), ("//evil", None)])
def test_next_leads_on_within_this_site(driver: Driver, url: str, leads_to: str | None) -> None:
    page = driver.browser.post(LOGOUT, {"next": url})
    assert page.get("Location") == leads_to
    assert "evil" not in page.content.decode()


def test_whoever_is_not_signed_in_sees_that_they_are_not() -> None:
    for page in (Browser().get(LOGOUT), Browser().post(LOGOUT)):
        assert "You are logged out" in page.content.decode()


def test_clients_that_listen_in_the_browser_are_opened_in_frames(settings: Any) -> None:
    driver = signed_in(policy={"frontchannel_logout_uri": FRAME})
    driver.scope = "openid"
    driver.tokens()
    settings.LOGOUT_REDIRECT_URL = "/bye/"
    page = driver.browser.post(LOGOUT)
    html = page.content.decode()
    assert not is_logged_in(driver)
    assert re.findall(r'<iframe src="([^?"]+)\?', html) == [FRAME]
    assert "frame-src https://app.example.com" in page["Content-Security-Policy"]
    assert 'href="/bye/"' in html
    assert "Go back to" not in html  # no client is there to be gone back to


def test_clients_that_listen_on_the_back_channel_are_told() -> None:
    driver = signed_in(policy={"backchannel_logout_uri": TOLD})
    driver.scope = "openid"
    driver.tokens()
    driver.browser.post(LOGOUT)
    assert list(LogoutDelivery.objects.values_list("application_id", flat=True)) == [driver.application.pk]
