"""``prompt=select_account`` (OpenID Connect Core §3.1.2.1): a person chooses the account that goes on."""

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.interaction import error_of, goes_to, is_signed_in, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.1")]

LOGIN, SIGN_UP, ACCOUNT = "/accounts/login/", "/accounts/join/", "/oauth/select-account"


@pytest.fixture
def driver() -> Driver:
    """Signed in, and what is asked for was agreed to."""
    driver = signed_in(UserFactory(username="ann"), policy={})
    driver.code()
    return driver


def test_select_account_asks_which(driver: Driver) -> None:
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    page = driver.browser.get(url)
    assert page.status_code == 200
    assert "ann" in page.content.decode()
    assert page["Content-Security-Policy"].startswith("default-src 'none'")
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-store"
    chosen = driver.browser.post(url, {"choice": "this"})
    assert "code" in query_of(driver.browser.get(chosen["Location"])["Location"])


def test_another_account_signs_in_and_is_not_asked_again(driver: Driver) -> None:
    other = UserFactory(username="bob")
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    login = goes_to(driver.browser.post(url, {"choice": "other"}), LOGIN)
    assert not is_signed_in(driver)
    page = goes_to(log_in(driver, login, "bob"), "/oauth/consent/")
    driver.decide(page)
    assert Authorization.objects.latest("pk").user == other


def test_who_signs_in_has_chosen(driver: Driver) -> None:
    driver.browser.logout()
    login = goes_to(driver.authorize(prompt="select_account"), LOGIN)
    assert "code" in query_of(log_in(driver, login)["Location"])


def test_who_chooses_none_is_reported(driver: Driver) -> None:
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    with ledger.unchanged():
        assert error_of(driver.browser.post(url, {"choice": "none"})) == "account_selection_required"
    assert is_signed_in(driver)


@each("choice", ["", "THIS", "this ", "\x00", "2"])
def test_no_choice_is_a_page(driver: Driver, choice: str) -> None:
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.post(url, {"choice": choice}))
    assert is_signed_in(driver)


def test_a_choice_counts_for_its_own_session_and_account_alone(driver: Driver) -> None:
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    chosen = driver.browser.post(url, {"choice": "this"})["Location"]
    other = Driver(driver.application, browser=Browser())
    other.sign_in(UserFactory())
    goes_to(other.browser.get(chosen), ACCOUNT)
    driver.sign_in(UserFactory())
    goes_to(driver.browser.get(chosen), ACCOUNT)


@pytest.mark.spec("RFC 9700", "4.7")
@each("choice", ["this", "other", "none"])
def test_a_choice_needs_the_csrf_token(driver: Driver, choice: str) -> None:
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    with ledger.unchanged():
        assert browser.post(url, {"choice": choice}).status_code == 403
    assert is_signed_in(driver)


@each("ticket", ["", "nonsense", "\x00", "a" * 50_000])
def test_the_account_page_needs_a_ticket_of_ours(driver: Driver, ticket: str) -> None:
    for ask in (driver.browser.get, driver.browser.head):
        assert ask(ACCOUNT, {"ticket": ticket}).status_code == 400


def test_the_account_page_of_who_signed_out_leads_on(driver: Driver) -> None:
    url = goes_to(driver.authorize(prompt="select_account"), ACCOUNT)
    driver.browser.logout()
    assert goes_to(driver.browser.get(url), "/oauth/authorize").startswith("/oauth/authorize?ticket=")


def test_who_is_asked_for_consent_can_say_that_it_is_not_them(driver: Driver) -> None:
    page = driver.authorize(scope="notes:read photos:read")["Location"]
    assert f'<a href="{page}?switch">' in driver.browser.get(page).content.decode()
    choice = driver.browser.get(f"{page}?switch")
    assert choice["Location"].startswith("/oauth/select-account")
    login = driver.browser.post(choice["Location"], {"choice": "other"})["Location"]
    driver.sign_in(UserFactory(username="bob"))
    again = driver.browser.get(query_of(login)["next"])["Location"]
    shown = driver.browser.get(again).content.decode()
    assert "<strong>bob</strong>" in shown
    assert "Read your notes" in shown
    assert driver.browser.get(page).status_code == 400


def test_nobody_switches_on_a_page_that_is_anothers(driver: Driver) -> None:
    page = driver.authorize(scope="notes:read photos:read")["Location"]
    driver.sign_in(UserFactory())
    assert driver.browser.get(f"{page}?switch").status_code == 400
    assert driver.browser.head(f"{page}?switch").status_code == 200
