"""The ``request_uri`` of a pushed request (RFC 9126 §2.2, §4): opened in time, and nothing beside it counts."""

import pytest

from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def driver() -> Driver:
    return signed_in(UserFactory(username="ann"), policy={})


@pytest.mark.spec("RFC 9126", "4")
def test_the_browser_names_it_and_the_flow_completes(driver: Driver) -> None:
    request_uri = driver.push(nonce="n").json()["request_uri"]
    answer = query_of(driver.decide(driver.open(request_uri)["Location"])["Location"])
    assert set(answer) == {"code", "state", "iss"}
    assert answer["state"] == "a state"
    assert driver.redeem(answer["code"]).status_code == 200
    assert Authorization.objects.get().nonce == "n"


@pytest.mark.spec("RFC 9101", "6.3")
def test_nothing_that_stands_beside_the_name_counts(driver: Driver) -> None:
    request_uri = driver.push().json()["request_uri"]
    beside = {
        "state": "another",
        "redirect_uri": "https://evil.example.com/",
        "scope": "photos:read",
        "response_type": "token",
        "prompt": "none",
    }
    answer = query_of(driver.decide(driver.open(request_uri, **beside)["Location"])["Location"])
    assert answer["state"] == "a state"
    assert Authorization.objects.get().scope == "notes:read notes:write"


@pytest.mark.spec("RFC 6749", "3.1")
@each("name", ["client_id", "request_uri", "state"])
def test_what_is_repeated_beside_it_is_a_page(driver: Driver, name: str) -> None:
    query = {"client_id": driver.application.client_id, "request_uri": driver.push().json()["request_uri"]}
    with ledger.unchanged():
        response = driver.browser.get(AUTHORIZE, {**query, name: [query.get(name, "x")] * 2})
        ledger.is_error_page(response)
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {**query, "request": "e30.e30."}))


@pytest.mark.spec("RFC 9126", "2.2")
@pytest.mark.parametrize(("after", "good"), [(290, True), (301, False)])
def test_it_is_opened_in_time(driver: Driver, after: int, good: bool) -> None:
    request_uri = driver.push().json()["request_uri"]
    with ledger.later(after):
        response = driver.open(request_uri)
        if good:
            assert response["Location"].startswith("/oauth/consent/")
        else:
            ledger.is_error_page(response, "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_who_opened_it_in_time_may_take_their_time_to_sign_in(driver: Driver) -> None:
    driver.browser.logout()
    login = driver.open(driver.push().json()["request_uri"])["Location"]
    with ledger.later(1800):
        back = driver.browser.post(login, {"username": "ann", "password": "correct horse"})["Location"]
        page = driver.browser.get(back)["Location"]
        assert "code" in query_of(driver.decide(page)["Location"])
    driver.browser.logout()
    login = driver.open(driver.push().json()["request_uri"])["Location"]
    with ledger.later(3700):
        ledger.is_error_page(driver.browser.get(query_of(login)["next"]))


@pytest.mark.spec("RFC 9126", "4")
def test_who_opened_it_in_time_may_take_their_time_to_choose_an_account(driver: Driver) -> None:
    page = driver.open(driver.push(prompt="select_account").json()["request_uri"])["Location"]
    with ledger.later(1800):
        assert driver.browser.get(page).status_code == 200
        chosen = driver.browser.post(page, {"choice": "this"})["Location"]
        assert driver.browser.get(chosen)["Location"].startswith("/oauth/consent/")


@pytest.mark.spec("RFC 9126", "4")
def test_a_post_that_names_it_late_is_late(driver: Driver) -> None:
    query = {"client_id": driver.application.client_id, "request_uri": driver.push().json()["request_uri"]}
    with ledger.later(301):
        ledger.is_error_page(
            driver.browser.get(post(driver.browser, AUTHORIZE, query)["Location"]), "invalid_request_uri"
        )


@pytest.mark.spec("RFC 9126", "7.3")
def test_opening_it_changes_nothing_before_somebody_is_signed_in() -> None:
    driver = Driver(ApplicationFactory())
    request_uri = driver.push().json()["request_uri"]
    with ledger.unchanged():
        for _ in range(3):
            assert driver.open(request_uri)["Location"].startswith("/accounts/login/")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_its_prompt_hint_and_language_count(driver: Driver) -> None:
    request_uri = driver.push(prompt="login", login_hint="ann", ui_locales="de").json()["request_uri"]
    login = driver.open(request_uri)["Location"]
    assert (query_of(login)["login_hint"], query_of(login)["ui_locales"]) == ("ann", "de")
    back = driver.browser.post(login, {"username": "ann", "password": "correct horse"})["Location"]
    page = driver.browser.get(back)["Location"]
    assert 'lang="de"' in driver.browser.get(page).content.decode()
    request_uri = driver.push(prompt="select_account").json()["request_uri"]
    page = driver.open(request_uri)["Location"]
    assert driver.browser.get(page).status_code == 200
    chosen = driver.browser.post(page, {"choice": "this"})["Location"]
    assert driver.browser.get(chosen)["Location"].startswith("/oauth/consent/")


@pytest.mark.spec("RFC 9126", "2.3")
@pytest.mark.parametrize("size", [20_000, 60_000])
def test_a_long_request_is_pushed_where_no_url_could_carry_it(driver: Driver, size: int) -> None:
    state = "a" * size
    request_uri = driver.push(state=state).json()["request_uri"]
    answer = query_of(driver.decide(driver.open(request_uri)["Location"])["Location"])
    assert answer["state"] == state
