"""A10, CSRF and replay on consent: refused, and no code (RFC 9700 §4.7). Case by case: tests/flows/consent/."""

from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization, PendingRequest
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={})


def strict(driver: Driver) -> Browser:
    """The same browser, before a server that checks CSRF tokens as in production."""
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    return browser


@each(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "http://testserver.evil.example.com"},
        {"Referer": "https://evil.example.com/"},
        {"Sec-Fetch-Site": "same-origin"},
        {"X-CSRFToken": "a" * 32},
        {"X-Requested-With": "XMLHttpRequest"},
    ],
    ids=str,
)
def test_a_post_from_elsewhere_is_refused(driver: Driver, headers: dict[str, str]) -> None:
    page, browser = driver.authorize()["Location"], strict(driver)
    browser.get(page)
    with ledger.unchanged():
        response = browser.post(page, {"decision": "allow"}, headers=headers)
    assert (response.status_code, response.has_header("Location")) == (403, False)


def test_a_token_of_the_attackers_own_session_is_refused(driver: Driver) -> None:
    attacker = signed_in()
    their_page = attacker.authorize()["Location"]
    token = strict(attacker).get(their_page).cookies["csrftoken"].value
    page, browser = driver.authorize()["Location"], strict(driver)
    browser.get(page)
    with ledger.unchanged():
        assert browser.post(page, {"decision": "allow", "csrfmiddlewaretoken": token}).status_code == 403


def test_the_attackers_own_page_gives_nothing_to_the_victim(driver: Driver) -> None:
    attacker = signed_in()
    page = attacker.authorize()["Location"]
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(page))
        ledger.is_error_page(driver.decide(page))


def sign_in_anew(driver: Driver, page: str) -> None:
    user = PendingRequest.objects.get().user
    driver.browser.logout()
    driver.sign_in(user)


HANDLES: dict[str, Any] = {
    "used": lambda driver, page: driver.decide(page, "deny"),
    "another user's": lambda driver, page: driver.sign_in(UserFactory()),
    "of a session that ended": lambda driver, page: driver.browser.logout(),
    "of the session before this one": sign_in_anew,
}


@each("spoil", HANDLES.values(), ids=HANDLES)
def test_a_handle_that_is_not_this_sessions_to_use_gives_no_code(driver: Driver, spoil: Any) -> None:
    page = driver.authorize()["Location"]
    spoil(driver, page)
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page, "allow"))
    assert Authorization.objects.count() == 0


def test_an_expired_handle_gives_no_code(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    with ledger.later(601), ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


@each("extra", [{"scope": "photos:read"}, {"client_id": "another"}, {"handle": "a" * 43}], ids=str)
def test_an_edited_form_changes_nothing_of_what_was_asked(driver: Driver, extra: dict[str, str]) -> None:
    driver.browser.post(driver.authorize()["Location"], {"decision": "allow", **extra})
    row = Authorization.objects.get()
    assert (row.scope, row.application) == ("notes:read notes:write", driver.application)


def test_a_double_click_gives_one_code(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    codes = {query_of(driver.decide(page)["Location"])["code"] for _ in range(5)}
    assert len(codes) == 1
    assert Authorization.objects.count() == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_decides_nothing(driver: Driver, method: str) -> None:
    page = driver.authorize()["Location"]
    with ledger.unchanged():
        driver.browser.generic(method, f"{page}?decision=allow")
