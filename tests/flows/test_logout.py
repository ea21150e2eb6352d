"""RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): who is asked, who is logged out, and where to next."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser

from tests import ledger
from tests.driver import LOGOUT, Driver, post, query_of
from tests.each import each
from tests.factories import UserFactory
from tests.logout import BYE, answer, is_logged_in, somebody, ticket_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC RP-Initiated Logout", "2")]


@pytest.fixture
def driver() -> Driver:
    return somebody()


@pytest.fixture
def hint(driver: Driver) -> str:
    return str(driver.tokens()["id_token"])


def test_a_hint_of_this_session_ends_it_at_once_and_leads_to_the_client(driver: Driver, hint: str) -> None:
    response = driver.browser.get(
        LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "a state & more"}
    )
    assert response.status_code == 303
    assert response["Location"] == f"{BYE}?state=a+state+%26+more"
    assert response["Cache-Control"] == "no-store"
    assert not is_logged_in(driver)


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_without_state_nothing_is_added(driver: Driver, hint: str) -> None:
    uri = "https://app.example.com/other?a=b"
    assert driver.browser.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": uri})["Location"] == uri


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_state_joins_the_query_that_is_there(driver: Driver, hint: str) -> None:
    uri = "https://app.example.com/other?a=b"
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": uri, "state": "s"}
    assert driver.browser.get(LOGOUT, asked)["Location"] == f"{uri}&state=s"


def test_a_hint_alone_ends_the_session_and_says_so(driver: Driver, hint: str) -> None:
    response = driver.browser.get(LOGOUT, {"id_token_hint": hint})
    assert response.status_code == 200
    assert "You are logged out" in response.content.decode()
    assert not is_logged_in(driver)


def test_a_hint_that_has_expired_still_serves(driver: Driver, hint: str) -> None:
    with ledger.later(2 * 3600):
        asked = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "client_id": driver.application.client_id}
        assert driver.browser.get(LOGOUT, asked)["Location"] == BYE
    assert not is_logged_in(driver)


@each("asked", [{}, {"state": "s"}, {"post_logout_redirect_uri": BYE}, {"logout_hint": "x"}], ids=str)
def test_who_says_nothing_that_counts_has_the_person_asked(driver: Driver, asked: dict[str, str]) -> None:
    page = driver.browser.get(LOGOUT, asked)
    assert is_logged_in(driver)
    response = answer(driver, page)
    assert response.status_code == 200
    assert "You are logged out" in response.content.decode()
    assert BYE not in response.content.decode()
    assert not is_logged_in(driver)


def test_a_client_that_proves_nothing_is_named_and_followed_once_the_person_agrees(driver: Driver) -> None:
    asked = {"client_id": driver.application.client_id, "post_logout_redirect_uri": BYE, "state": "s"}
    page = driver.browser.get(LOGOUT, asked)
    assert driver.application.name in page.content.decode()
    assert "app.example.com" in page.content.decode()
    assert is_logged_in(driver)
    response = answer(driver, page)
    assert (response.status_code, response["Location"]) == (303, f"{BYE}?state=s")
    assert not is_logged_in(driver)


def test_who_stays_is_sent_nowhere(driver: Driver) -> None:
    asked = {"client_id": driver.application.client_id, "post_logout_redirect_uri": BYE, "state": "s"}
    response = answer(driver, driver.browser.get(LOGOUT, asked), "stay")
    assert response.status_code == 200
    assert "You are still logged in" in response.content.decode()
    assert "state=s" not in response.content.decode()
    assert is_logged_in(driver)


def test_a_second_click_gets_the_same_answer(driver: Driver) -> None:
    asked = {"client_id": driver.application.client_id, "post_logout_redirect_uri": BYE}
    page = driver.browser.get(LOGOUT, asked)
    assert answer(driver, page)["Location"] == answer(driver, page)["Location"] == BYE


def test_another_session_of_the_same_person_is_asked_first_and_alone_is_ended(driver: Driver, hint: str) -> None:
    elsewhere = Driver(driver.application)
    elsewhere.sign_in(get_user_model().objects.get())
    page = elsewhere.browser.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": BYE})
    assert is_logged_in(elsewhere)
    assert answer(elsewhere, page)["Location"] == BYE
    assert not is_logged_in(elsewhere)
    assert is_logged_in(driver)


def test_a_hint_about_another_person_has_the_one_who_is_signed_in_asked(driver: Driver, hint: str) -> None:
    other = UserFactory()
    driver.browser.logout()
    driver.sign_in(other)
    page = driver.browser.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": BYE})
    assert other.username in page.content.decode()
    assert is_logged_in(driver)


def test_an_earlier_sign_in_of_this_browser_does_not_end_the_present_one_unasked(driver: Driver, hint: str) -> None:
    user = get_user_model().objects.get()
    driver.browser.logout()
    driver.sign_in(user)
    ticket_of(driver.browser.get(LOGOUT, {"id_token_hint": hint}))
    assert is_logged_in(driver)


@each("name", ["username", "email", "sub"])
def test_a_logout_hint_that_names_the_person_asks_nothing(driver: Driver, hint: str, name: str) -> None:
    user = get_user_model().objects.get()
    user.email = "Ann@example.com"
    user.save()
    named = {"username": user.username.upper(), "email": "ann@EXAMPLE.com", "sub": str(user.pk)}[name]
    assert driver.browser.get(LOGOUT, {"id_token_hint": hint, "logout_hint": named}).status_code == 200
    assert not is_logged_in(driver)


def test_a_logout_hint_that_names_another_asks(driver: Driver, hint: str) -> None:
    ticket_of(driver.browser.get(LOGOUT, {"id_token_hint": hint, "logout_hint": "somebody@example.com"}))
    assert is_logged_in(driver)


def test_with_nobody_signed_in_a_proven_client_is_followed(driver: Driver, hint: str) -> None:
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s"}
    assert Browser().get(LOGOUT, asked)["Location"] == f"{BYE}?state=s"


def test_with_nobody_signed_in_one_that_proves_nothing_is_a_link(driver: Driver) -> None:
    asked = {"client_id": driver.application.client_id, "post_logout_redirect_uri": BYE}
    response = Browser().get(LOGOUT, asked)
    assert response.status_code == 200
    assert f'href="{BYE}"' in response.content.decode()


def test_a_post_from_another_site_needs_no_csrf_token_and_is_sent_on(driver: Driver, hint: str) -> None:
    strict = Browser(enforce_csrf_checks=True)
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s"}
    response = post(strict, LOGOUT, asked)
    assert response.status_code == 303
    assert response["Location"].startswith(f"{LOGOUT}?ticket=")
    assert hint.split(".")[1] not in response["Location"]
    assert driver.browser.get(response["Location"])["Location"] == f"{BYE}?state=s"
    assert not is_logged_in(driver)


def test_the_decision_needs_a_csrf_token(driver: Driver) -> None:
    page = driver.browser.get(LOGOUT)
    driver.browser.handler.enforce_csrf_checks = True
    assert answer(driver, page).status_code == 403
    assert is_logged_in(driver)


def test_the_page_speaks_the_language_that_was_asked_for(driver: Driver) -> None:
    assert '<html lang="de"' in driver.browser.get(LOGOUT, {"ui_locales": "xx de fr"}).content.decode()
    assert '<html lang="en' in driver.browser.get(LOGOUT, {"ui_locales": "xx"}).content.decode()


def test_a_url_of_ours_is_the_same_with_a_slash(driver: Driver, hint: str) -> None:
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s"}
    assert query_of(driver.browser.get(f"{LOGOUT}/", asked)["Location"]) == {"state": "s"}
