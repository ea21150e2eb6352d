"""Where a person cannot go on (RFC 6749 §4.1.2.1): they are told what happened and led on; nothing is decided."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import AUTHORIZE, CONFIRM, LOGOUT, Driver, incompressible, post, query_of, signed_in
from tests.factories import UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.1.2.1")]

LOGIN, APPS = "/accounts/login/", "/oauth/account/apps"
PASSWORD = "correct horse"
# The way home: the project of these tests has no page of its own to lead to.
HOME = [APPS]
BUTTON = r'<a class="oa-button[^>]*href="([^"]*)"'


@pytest.fixture
def driver() -> Driver:
    return signed_in(UserFactory(username="ann"), policy={})


def links(page: Any) -> list[str]:
    """Where the buttons of an error page lead."""
    ledger.is_error_page(page, status=page.status_code)
    return [unescape(link) for link in re.findall(BUTTON, page.content.decode())]


def goes_back(link: str, driver: Driver, error: str = "access_denied") -> None:
    """``link`` tells the client, with all that it needs to believe it."""
    answer = query_of(link)
    assert link.startswith(f"{driver.redirect_uri}?")
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "a state", OAUTH_PROVIDER["ISSUER"])
    assert "code" not in answer


# The login


def test_a_login_that_took_too_long_can_be_begun_anew_or_told_to_the_client(driver: Driver) -> None:
    back = query_of(Driver(driver.application, code_verifier=driver.code_verifier).authorize()["Location"])["next"]
    with ledger.later(3_700):
        with ledger.unchanged():
            again, client = links(driver.browser.get(back))
        goes_back(client, driver)
        assert again.startswith(f"{AUTHORIZE}?ticket=")
        code = query_of(driver.decide(driver.browser.get(again)["Location"])["Location"])["code"]
        assert driver.redeem(code).status_code == 200


def test_a_demand_for_a_new_login_is_still_one_when_begun_anew(driver: Driver) -> None:
    back = query_of(driver.authorize(prompt="login")["Location"])["next"]
    driver.browser.post(LOGIN, {"username": "ann", "password": PASSWORD})
    with ledger.later(3_700):
        again, _client = links(driver.browser.get(back))
        assert driver.browser.get(again)["Location"].startswith(LOGIN)


def test_a_long_request_that_waited_too_long_still_leads_back(driver: Driver) -> None:
    state = incompressible(3_000)
    back = query_of(Driver(driver.application).authorize(state=state)["Location"])["next"]
    with ledger.later(3_700), ledger.unchanged():
        (client,) = links(driver.browser.get(back))
    assert (query_of(client)["error"], query_of(client)["state"]) == ("access_denied", state)


@pytest.mark.spec("RFC 9126", "4")
def test_a_pushed_request_that_was_opened_too_late_leads_back(driver: Driver) -> None:
    request_uri = driver.push().json()["request_uri"]
    login = Driver(driver.application).open(driver.push().json()["request_uri"])["Location"]
    with ledger.later(301), ledger.unchanged():
        page = driver.open(request_uri)
        ledger.is_error_page(page, "invalid_request_uri")
        (client,) = links_of(page)
        goes_back(client, driver)
    with ledger.later(3_700), ledger.unchanged():
        (client,) = links(driver.browser.get(query_of(login)["next"]))
        goes_back(client, driver)


def links_of(page: Any) -> list[str]:
    return [unescape(link) for link in re.findall(BUTTON, page.content.decode())]


def test_a_client_that_lost_its_redirect_uri_meanwhile_is_not_led_to(driver: Driver) -> None:
    back = query_of(Driver(driver.application).authorize()["Location"])["next"]
    type(driver.application).objects.update(redirect_uris="https://app.example.com/other")
    with ledger.later(3_700), ledger.unchanged():
        assert links(driver.browser.get(back)) == HOME


@pytest.mark.parametrize("ticket", ["nonsense", "a:b:c"])
def test_nothing_that_we_did_not_sign_leads_anywhere(driver: Driver, ticket: str) -> None:
    for query in ({"ticket": ticket}, {"client_id": "nobody", "redirect_uri": "https://evil.example.com/"}):
        page = driver.browser.get(AUTHORIZE, query)
        assert links(page) == HOME
        assert "evil.example.com" not in page.content.decode()


# The consent page


def begins_anew(driver: Driver, link: str) -> None:
    """``link`` asks the same person the same question, under a handle of its own; the answer is good."""
    page = driver.browser.get(driver.browser.get(link)["Location"])["Location"]
    assert page.startswith("/oauth/consent/")
    assert page not in link
    code = query_of(driver.decide(page)["Location"])["code"]
    assert driver.redeem(code).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_decision_that_came_too_late_can_be_asked_anew_or_told_to_the_client(driver: Driver, method: str) -> None:
    page = driver.authorize()["Location"]
    with ledger.later(1_200):
        with ledger.unchanged():
            answer = driver.browser.get(page) if method == "GET" else driver.decide(page)
            again, client = links(answer)
        assert "That took too long" in answer.content.decode()
        goes_back(client, driver)
        begins_anew(driver, again)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whose_session_ended_signs_in_again_and_is_asked_anew(driver: Driver, method: str) -> None:
    page = driver.authorize()["Location"]
    driver.browser.logout()
    with ledger.unchanged():
        (login,) = links(driver.browser.get(page) if method == "GET" else driver.decide(page))
    assert login.startswith(f"{LOGIN}?next=/oauth/consent/")
    back = driver.browser.post(login, {"username": "ann", "password": PASSWORD})["Location"]
    begins_anew(driver, back)


def test_a_pushed_request_is_asked_anew_as_what_it_is_and_answered_once(driver: Driver) -> None:
    ClientPolicy.objects.update(require_pushed_authorization_requests=True)
    page = driver.open(driver.push().json()["request_uri"])["Location"]
    with ledger.later(1_200):
        again, _client = links(driver.decide(page))
        pages = [driver.browser.get(driver.browser.get(again)["Location"])["Location"] for _ in range(2)]
        assert "code" in query_of(driver.decide(pages[0])["Location"])
        ledger.is_error_page(driver.decide(pages[1]), "invalid_request_uri")
    assert Authorization.objects.count() == 1


@pytest.mark.parametrize("query", ["", "?again"])
def test_somebody_else_is_told_nothing_of_it(driver: Driver, query: str) -> None:
    page = driver.authorize()["Location"] + query
    stranger = signed_in(UserFactory())
    with ledger.unchanged():
        for answer in (stranger.browser.get(page), stranger.decide(page)):
            assert links(answer) == HOME
            assert driver.redirect_uri not in answer.content.decode()
            assert "a state" not in answer.content.decode()
        assert all(link.startswith(LOGIN) for link in links(Browser().get(page)))


def test_an_answered_page_leads_to_no_second_answer(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    driver.decide(page)
    with ledger.unchanged():
        assert links(driver.browser.get(page)) == ["https://app.example.com/"]
        assert links(driver.browser.get(f"{page}?again")) == ["https://app.example.com/"]


def test_an_answered_page_of_an_app_without_a_site_leads_home(driver: Driver) -> None:
    type(driver.application).objects.update(redirect_uris="com.example.app:/callback")
    driver.redirect_uri = "com.example.app:/callback"
    page = driver.authorize()["Location"]
    driver.decide(page)
    assert links(driver.browser.get(page)) == HOME


def test_a_client_that_lost_its_right_is_told_why(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    ClientPolicy.objects.update(grant_types=["client_credentials"])
    with ledger.unchanged():
        answer = driver.decide(page)
    (client,) = links_of(answer)
    goes_back(client, driver, "unauthorized_client")


def test_a_choice_that_is_none_can_be_made_again(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    assert links(driver.decide(page, "maybe")) == [page]
    choice = driver.authorize(prompt="select_account")["Location"]
    assert links(driver.browser.post(choice, {"choice": "maybe"})) == [choice]


# Cross-site request forgery


def checked(driver: Driver) -> Browser:
    """The same browser, with Django's check."""
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    return browser


@pytest.mark.spec("RFC 6749", "10.12")
@pytest.mark.parametrize("origin", ["https://evil.example.com", "http://testserver"])
def test_a_post_that_fails_the_csrf_check_decides_nothing_and_leads_on(driver: Driver, origin: str) -> None:
    browser = checked(driver)
    pages = {
        driver.authorize()["Location"]: {"decision": "allow"},
        driver.authorize(prompt="select_account")["Location"]: {"choice": "other"},
        CONFIRM: {"decision": "log_out", "ticket": "x"},
    }
    for page, form in pages.items():
        with ledger.unchanged():
            answer = browser.post(page, {**form, "csrfmiddlewaretoken": "a" * 64}, headers={"Origin": origin})
        assert answer.status_code == 403
        (link,) = links(answer)
        assert browser.get(link).status_code in (200, 303)
    assert driver.authorize()["Location"].startswith("/oauth/consent/")  # still signed in


@pytest.mark.spec("RFC 6749", "10.12")
def test_the_token_of_another_page_of_the_same_browser_is_good(driver: Driver) -> None:
    browser, page = checked(driver), driver.authorize()["Location"]
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(page).content.decode())
    assert token is not None
    response = browser.post(page, {"decision": "allow", "csrfmiddlewaretoken": token[1]})
    assert "code" in query_of(response["Location"])


# Logout


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
@pytest.mark.parametrize("asked", [{"id_token_hint": "x.y.z"}, {"client_id": "nobody"}], ids=str)
def test_a_logout_that_cannot_be_believed_can_still_be_had(driver: Driver, asked: dict[str, str]) -> None:
    for answer in (driver.browser.get(LOGOUT, asked), post(driver.browser, LOGOUT, asked)):
        assert links(answer) == [LOGOUT]
    assert driver.browser.get(LOGOUT).status_code == 200  # a question: nobody was logged out
    assert PendingRequest.objects.count() == 0
