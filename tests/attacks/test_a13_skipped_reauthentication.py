"""A13, skipped re-authentication: however a request comes back, the login is still demanded (OIDC Core §3.1.2.1)."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core import signing

from oauth_provider.authorization.ticket import SALT
from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spec("OIDC Core", "3.1.2.1"),
    pytest.mark.spec("RFC 6819", "4.4.1.7"),
]

DEMANDS = [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "login consent", "max_age": "1000"}]


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(username="ann"))
    driver.code()
    return driver


def demands_login(response: Any) -> str:
    """The login page that ``response`` leads to."""
    assert urlsplit(response["Location"]).path == "/accounts/login/", response["Location"]
    return str(response["Location"])


def log_in(driver: Driver, url: str) -> str:
    """The URL that the login page leads back to."""
    return str(driver.browser.post(url, {"username": "ann", "password": "correct horse"})["Location"])


@each("demand", DEMANDS, ids=str)
def test_a_ticket_is_worth_nothing_before_the_login(driver: Driver, demand: dict[str, str]) -> None:
    url = demands_login(driver.authorize(**demand))
    for _ in range(2):
        with ledger.unchanged():
            demands_login(driver.browser.get(query_of(url)["next"]))


@each("demand", DEMANDS, ids=str)
def test_a_login_that_was_there_before_does_not_count(driver: Driver, demand: dict[str, str]) -> None:
    """The ticket was made in another browser; in this one somebody has been signed in for long."""
    elsewhere = Driver(driver.application)
    ticket = query_of(demands_login(elsewhere.authorize(**demand)))["next"]
    with ledger.unchanged():
        demands_login(driver.browser.get(ticket))


@each("demand", DEMANDS, ids=str)
def test_a_ticket_is_good_for_one_answer_to_one_login(driver: Driver, demand: dict[str, str]) -> None:
    ticket = log_in(driver, demands_login(driver.authorize(**demand)))
    first = driver.browser.get(ticket)
    assert first["Location"].startswith(("/oauth/consent/", driver.redirect_uri))
    count = Authorization.objects.count()
    demands_login(driver.browser.get(ticket))
    assert Authorization.objects.count() == count


def test_one_login_does_not_serve_two_requests(driver: Driver) -> None:
    first = query_of(demands_login(driver.authorize(prompt="login")))["next"]
    second = query_of(demands_login(driver.authorize(prompt="login")))["next"]
    log_in(driver, f"/accounts/login/?{urlencode({'next': first})}")
    assert "code" in query_of(driver.browser.get(first)["Location"])
    demands_login(driver.browser.get(second))


def test_back_after_the_login_asks_again(driver: Driver) -> None:
    request = driver.request(prompt="login")
    ticket = log_in(driver, demands_login(driver.browser.get(AUTHORIZE, request)))
    driver.browser.get(ticket)
    demands_login(driver.browser.get(AUTHORIZE, request))


def test_the_request_without_its_prompt_tells_the_time_of_the_sign_in_before(driver: Driver) -> None:
    """No link ends a login. A client that wanted a new one sees by ``auth_time`` that there was none."""
    before = Authorization.objects.get().auth_time
    with ledger.later(100):
        demands_login(driver.authorize(prompt="login"))
        assert "code" in query_of(driver.authorize()["Location"])
    assert Authorization.objects.latest("pk").auth_time == before


@each("changes", [{"prompt": ""}, {"prompt": "consent"}, {"max_age": "100000"}], ids=str)
def test_nothing_is_dropped_from_a_ticket_by_what_stands_beside_it(driver: Driver, changes: dict[str, str]) -> None:
    ticket = query_of(query_of(demands_login(driver.authorize(prompt="login")))["next"])["ticket"]
    driver.sign_in(UserFactory())
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": ticket, **changes}))


def test_the_facts_in_a_ticket_cannot_be_forged(driver: Driver) -> None:
    pairs = list(driver.request(prompt="login").items())
    forgeries = [
        signing.dumps([pairs, 0.0, 0, "", False]),
        signing.dumps([pairs, 0.0, 0, "", False], salt=SALT, key="another"),
        signing.dumps([pairs, 0.0, 0, "", False], salt="oauth_provider.authorization"),
    ]
    for forged in forgeries:
        with ledger.unchanged():
            ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": forged}))


def test_an_older_consent_page_does_not_outlive_the_login(driver: Driver) -> None:
    page = driver.authorize(scope="photos:read")["Location"]
    ticket = log_in(driver, demands_login(driver.authorize(prompt="login")))
    driver.browser.get(ticket)
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(page))
        ledger.is_error_page(driver.decide(page))


@each("demand", DEMANDS, ids=str)
def test_only_the_sign_in_that_was_demanded_decides(driver: Driver, demand: dict[str, str]) -> None:
    """Somebody signs in over a live session: Django keeps its key and its data, but it is another sign-in."""
    ticket = log_in(driver, demands_login(driver.authorize(scope="photos:read", **demand)))
    page = driver.browser.get(ticket)["Location"]
    assert page.startswith("/oauth/consent/")
    log_in(driver, "/accounts/login/")
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


def test_a_fixed_session_cookie_is_replaced_at_the_login(driver: Driver) -> None:
    fixed = driver.browser.session.session_key
    url = demands_login(driver.authorize(prompt="login"))
    driver.browser.cookies["sessionid"] = fixed
    ticket = log_in(driver, url)
    assert driver.browser.session.session_key != fixed
    stranger = Driver(driver.application)
    stranger.browser.cookies["sessionid"] = fixed
    with ledger.unchanged():
        demands_login(stranger.browser.get(ticket))
        demands_login(stranger.authorize())


def test_a_choice_of_account_is_no_login(driver: Driver) -> None:
    page = driver.authorize(prompt="select_account")["Location"]
    driver.browser.post(page, {"choice": "this"})
    ticket = query_of(demands_login(driver.authorize(prompt="login select_account")))["next"]
    page = f"/oauth/select-account?{urlsplit(ticket).query}"
    with ledger.unchanged():
        chosen = driver.browser.post(page, {"choice": "this"})["Location"]
        demands_login(driver.browser.get(chosen))
