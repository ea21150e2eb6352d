"""No page is a dead end (RFC 6749 §4.1.2.1): each says what happened, whose turn it is, and where one can go on."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_script_prefix
from django.urls import include, path

from oauth_provider import urls as oauth
from oauth_provider.models import ClientPolicy
from oauth_provider.pages.sending.way_home import Way, way_home
from tests import ledger
from tests.driver import AUTHORIZE, CONFIRM, LOGOUT, Driver, post, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.test_database_outage import failing, of_ours_alone

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.1.2.1")]

BACK = "Go back to Photo Book"
PROFILE = "/accounts/profile/"
HERE, ELSEWHERE = "tests.flows.test_ways_home", "https://www.example.com/"


def front_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Welcome.")


provider = path("", include("oauth_provider.urls"))
urlpatterns = [path("", front_page, name="front"), path("accounts/", include(oauth.accounts)), provider]


class OnlyOurs:
    """The URLs of a project that serves nothing else."""

    urlpatterns = [provider]


class WithAccounts:
    """The URLs of a project whose login pages are ours, and which has no front page."""

    urlpatterns = [path("accounts/", include(oauth.accounts)), provider]


class WithFrontPage:
    """The URLs of a project with a front page, and logins elsewhere."""

    urlpatterns = [path("", front_page), provider]


@pytest.fixture
def driver(settings: Any) -> Driver:
    settings.ROOT_URLCONF = HERE
    return signed_in(UserFactory(username="ann"), name="Photo Book", policy={})


def ways(page: Any) -> list[tuple[str, str]]:
    """Where the buttons of a page lead, and what they say."""
    found = re.findall(r'<a class="oa-button[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page.content.decode(), re.DOTALL)
    return [(unescape(url), re.sub("<[^>]*>", "", words).strip()) for url, words in found]


# Where home is


@each(
    ("urls", "landing", "url", "words"),
    [
        (HERE, PROFILE, PROFILE, "Go to your account"),
        (HERE, "/", "/", "Go to the start page"),
        (HERE, "front", "/", "Go to the start page"),
        (HERE, "/nowhere/", PROFILE, "Go to your account"),
        (HERE, "no-such-name", PROFILE, "Go to your account"),
        (HERE, ELSEWHERE, ELSEWHERE, "Go to the start page"),
        (HERE, "javascript:alert(1)", PROFILE, "Go to your account"),
        (WithAccounts, "/nowhere/", PROFILE, "Go to your account"),
        (WithFrontPage, PROFILE, "/", "Go to the start page"),
        (OnlyOurs, PROFILE, "/oauth/account/apps", "Connected apps"),
    ],
)
def test_home_is_where_a_login_leads_or_else_what_there_is(
    settings: Any, urls: Any, landing: str, url: str, words: str
) -> None:
    settings.ROOT_URLCONF, settings.LOGIN_REDIRECT_URL = urls, landing
    found = way_home()
    assert found is not None
    assert (found.url, str(found.words)) == (url, words)


@pytest.mark.parametrize("urls", [OnlyOurs, HERE])
def test_connected_apps_are_linked_once_as_the_way_home_or_below_it(settings: Any, urls: Any) -> None:
    settings.ROOT_URLCONF = urls
    page = Driver(None).browser.get(AUTHORIZE).content.decode()
    assert page.count('href="/oauth/account/apps"') == 1


def test_a_page_without_any_way_home_has_no_dead_link(settings: Any) -> None:
    settings.ROOT_URLCONF = type("Nothing", (), {"urlpatterns": []})
    assert way_home() is None


@pytest.mark.parametrize("urls", [HERE, WithFrontPage])
def test_home_is_below_the_prefix_that_the_project_is_mounted_at(settings: Any, urls: Any) -> None:
    settings.ROOT_URLCONF = urls
    with override_script_prefix("/app/"):
        found = way_home()
    assert found is not None
    assert found.url == (f"/app{PROFILE}" if urls == HERE else "/app/")


# Error pages


@each("changes", [{"client_id": "nobody"}, {"client_id": None}], ids=str)
def test_a_link_that_leads_nowhere_leads_home(driver: Driver, changes: dict[str, Any]) -> None:
    page = driver.authorize(**changes)
    ledger.is_error_page(page)
    assert ways(page) == [(PROFILE, "Go to your account")]


def test_a_link_that_leads_elsewhere_leads_to_the_site_of_a_client_that_was_approved(driver: Driver) -> None:
    page = driver.authorize(redirect_uri="https://evil.example.com/")
    ledger.is_error_page(page)
    assert ways(page) == [("https://app.example.com/", BACK)]
    ClientPolicy.objects.update(status="unapproved")
    assert ways(driver.authorize(redirect_uri="https://evil.example.com/")) == [(PROFILE, "Go to your account")]


def test_an_error_speaks_to_the_person_first_and_to_the_developer_below(driver: Driver) -> None:
    text = driver.authorize(redirect_uri="https://evil.example.com/").content.decode()
    person, developer = text.split("For the developer")
    assert "Go back to <bdi>Photo Book</bdi> and start again there." in person
    for word in ("redirect_uri", "invalid_request", "evil.example.com"):
        assert word not in person
    assert "redirect_uri is not registered for this application." in developer
    assert re.search(r"reference <code>\w{8}</code>", developer)


@pytest.mark.parametrize("status", ["unapproved", "suspended"])
def test_a_name_that_nobody_vouched_for_is_not_said_of_a_request_that_cannot_be_believed(
    driver: Driver, status: str
) -> None:
    ClientPolicy.objects.update(status=status)
    assert "Photo Book" not in driver.authorize(redirect_uri="https://evil.example.com/").content.decode()


def test_a_name_is_text_and_no_markup(driver: Driver) -> None:
    type(driver.application).objects.update(name="<script>alert(1)</script>")
    text = driver.authorize(redirect_uri="https://evil.example.com/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>" not in text


def test_an_account_that_was_switched_off_may_be_changed_for_another(settings: Any, driver: Driver) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    driver.browser.force_login(get_user_model().objects.get())
    get_user_model().objects.update(is_active=False)
    with ledger.unchanged():
        page = driver.authorize()
    ledger.is_error_page(page)
    assert "This account cannot be used" in page.content.decode()
    (login, another), (client, back) = ways(page)
    assert (another, back) == ("Use another account", BACK)
    assert client.startswith(f"{driver.redirect_uri}?error=access_denied&")

    UserFactory(username="ben")
    assert "Log in" in driver.browser.get(login).content.decode()
    onward = driver.browser.post(login, {"username": "ben", "password": "correct horse"})["Location"]
    assert driver.browser.get(onward)["Location"].startswith("/oauth/consent/")


@pytest.mark.parametrize("prompt", [None, "select_account"])
def test_a_form_without_an_answer_is_shown_again(driver: Driver, prompt: str | None) -> None:
    asked = driver.authorize(prompt=prompt)["Location"]
    page = driver.browser.post(asked, {})
    assert "Nothing was chosen" in page.content.decode()
    assert ways(page) == [(asked, "Show the page again")]


# Logging out


def test_who_stays_logged_in_is_led_on(driver: Driver) -> None:
    asked = driver.browser.get(LOGOUT).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]*)"', asked)
    assert ticket
    page = post(driver.browser, CONFIRM, {"ticket": ticket[1], "decision": "stay"})
    assert "You are still logged in" in page.content.decode()
    assert ways(page) == [(PROFILE, "Go to your account")]


@each(
    ("registered", "expected"),
    [
        ("https://app.example.com/callback", ("https://app.example.com/", BACK)),
        ("https://app.example.com:8443/a https://app.example.com:8443/b", ("https://app.example.com:8443/", BACK)),
        ("https://app.example.com/a https://other.example.com/b", (PROFILE, "Go to your account")),
        ("com.example.app:/callback", (PROFILE, "Go to your account")),
        ("http://127.0.0.1/callback", (PROFILE, "Go to your account")),
    ],
)
@each("decision", ["stay", "log_out"])
def test_a_client_that_named_no_page_is_led_back_to_at_its_site(
    driver: Driver, registered: str, expected: tuple[str, str], decision: str
) -> None:
    type(driver.application).objects.update(redirect_uris=registered)
    asked = driver.browser.get(LOGOUT, {"client_id": driver.application.client_id}).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]*)"', asked)
    assert ticket
    page = post(driver.browser, CONFIRM, {"ticket": unescape(ticket[1]), "decision": decision})
    assert page.status_code == 200
    assert ways(page) == [expected]


def test_a_client_that_nobody_approved_is_not_led_back_to(driver: Driver) -> None:
    ClientPolicy.objects.update(status="unapproved")
    driver.browser.logout()
    page = driver.browser.get(LOGOUT, {"client_id": driver.application.client_id})
    assert "You are logged out" in page.content.decode()
    assert ways(page) == [(PROFILE, "Go to your account")]


# While the database does not answer


@of_ours_alone
@pytest.mark.parametrize("prompt", [None, "select_account"])
def test_who_answered_a_form_meanwhile_is_led_back_to_the_form(driver: Driver, prompt: str | None) -> None:
    asked = driver.authorize(prompt=prompt)["Location"]
    with failing():
        page = driver.browser.post(asked, {"decision": "allow", "choice": "this"})
    assert page.status_code == 503
    assert ways(page) == [(asked, "Try again")]


def test_the_way_home_is_found_without_the_database(settings: Any, django_assert_num_queries: Any) -> None:
    settings.ROOT_URLCONF = HERE
    with django_assert_num_queries(0):
        assert way_home() == Way(PROFILE, way_home().words)  # type: ignore[union-attr]
