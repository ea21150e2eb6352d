"""Logout requests that are wrong (OpenID Connect RP-Initiated Logout 1.0 §4): a page, and everything as it was."""

from typing import Any

import pytest

from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.id_token import IdToken, sign_id_token
from oauth_provider.tokens.key_ring import key_ring
from tests import ledger
from tests.driver import CONFIRM, LOGOUT, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory
from tests.jose_keys import private_jwk
from tests.logout import BYE, answer, is_logged_in, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC RP-Initiated Logout", "4")]

ISSUER = "https://auth.example.com"


@pytest.fixture
def driver() -> Driver:
    return somebody()


@pytest.fixture
def hint(driver: Driver) -> str:
    return str(driver.tokens()["id_token"])


FOREIGN_HINT = {
    "issuer": ISSUER, "subject": "1", "client_id": "client-x", "issued_at": 1, "lifetime": 2**40, "sid": "s",
}  # fmt: skip


def signed(driver: Driver, **changes: Any) -> str:
    claims = {**FOREIGN_HINT, "client_id": driver.application.client_id, **changes}
    return sign_id_token(IdToken(**claims), key_ring().signer("RS256"))


BAD_HINTS: dict[str, Any] = {
    "no JWT": lambda driver: "x",
    "another issuer's": lambda driver: signed(driver, issuer="https://evil.example.com"),
    "another client's": lambda driver: signed(driver, client_id=ApplicationFactory().client_id),
    "nobody's": lambda driver: signed(driver, subject=""),
    "an access token": lambda driver: driver.tokens()["access_token"],
    "tampered with": lambda driver: signed(driver)[:-8] + "AAAAAAAA",
}


@each("bad", BAD_HINTS.values(), ids=BAD_HINTS)
def test_a_hint_that_is_not_ours_for_this_client_gets_the_page(driver: Driver, bad: Any) -> None:
    asked = {
        "id_token_hint": bad(driver),
        "client_id": driver.application.client_id,
        "post_logout_redirect_uri": BYE,
    }
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(LOGOUT, asked))
        ledger.is_error_page(post(driver.browser, LOGOUT, asked))
    assert is_logged_in(driver)


def test_a_hint_by_a_key_that_was_ours_and_is_not_any_more_is_refused(driver: Driver, hint: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": [private_jwk("ES256")]}
    ledger.is_error_page(driver.browser.get(LOGOUT, {"id_token_hint": hint}))


@pytest.mark.spec("OIDC RP-Initiated Logout", "4")
@each(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": "\x00"},
        {"post_logout_redirect_uri": f"{BYE}?foo=bar"},
        {"post_logout_redirect_uri": f"{BYE}/"},
        {"post_logout_redirect_uri": BYE.upper()},
        {"post_logout_redirect_uri": f"{BYE}#x"},
        {"post_logout_redirect_uri": f" {BYE}"},
        {"post_logout_redirect_uri": "https://evil.example.com/"},
        {"post_logout_redirect_uri": "https://app.example.com/callback"},
        {"post_logout_redirect_uri": "//app.example.com/bye"},
        {"post_logout_redirect_uri": "javascript:alert(1)"},
        {"state": "a\r\nLocation: https://evil.example.com/"},
        {"state": "é"},
        {"state": "a" * 20_000},
        {"id_token_hint": "a" * 20_000},
    ],
    ids=lambda changes: f"{changes}"[:60],
)
@each("proven", [True, False])
def test_what_is_wrong_is_told_to_the_person_and_ends_nothing(
    driver: Driver, hint: str, changes: dict[str, str], proven: bool
) -> None:
    asked = {"client_id": driver.application.client_id, "post_logout_redirect_uri": BYE, "state": "s"}
    asked |= ({"id_token_hint": hint} if proven else {}) | changes
    response = driver.browser.get(LOGOUT, asked)
    assert response.status_code in (400, 413)
    assert not response.has_header("Location")
    assert is_logged_in(driver)


@each("name", ["client_id", "post_logout_redirect_uri", "id_token_hint", "state"])
def test_no_parameter_comes_twice(driver: Driver, name: str) -> None:
    ledger.is_error_page(driver.browser.get(LOGOUT, {name: ["a", "b"]}))


def test_a_suspended_client_is_not_followed(hint: str, driver: Driver) -> None:
    page = driver.browser.get(LOGOUT, {"client_id": driver.application.client_id, "post_logout_redirect_uri": BYE})
    ClientPolicy(application=driver.application, status="suspended").save()
    ledger.is_error_page(driver.browser.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": BYE}))
    ledger.is_error_page(answer(driver, page))
    assert is_logged_in(driver)


@each("ticket", ["", "x", "x:y:z", "\x00"])
@each("decision", ["log_out", "stay", "", "else"])
def test_a_ticket_that_is_not_ours_decides_nothing(driver: Driver, ticket: str, decision: str) -> None:
    ledger.is_error_page(post(driver.browser, CONFIRM, {"ticket": ticket, "decision": decision}))
    assert is_logged_in(driver)


def test_a_decision_that_is_neither_decides_nothing(driver: Driver) -> None:
    ledger.is_error_page(answer(driver, driver.browser.get(LOGOUT), "else"))
    assert is_logged_in(driver)


def test_a_page_does_not_wait_for_ever(driver: Driver) -> None:
    page = driver.browser.get(LOGOUT)
    with ledger.later(3601):
        ledger.is_error_page(answer(driver, page))


@pytest.mark.parametrize("path", [LOGOUT, CONFIRM])
def test_no_other_method_ends_anything(driver: Driver, hint: str, path: str) -> None:
    response = driver.browser.generic("PUT", path, QUERY_STRING=f"id_token_hint={hint}")
    assert response.status_code == 405
    assert is_logged_in(driver)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_page_that_is_opened_anew_leads_to_the_question(driver: Driver, hint: str, method: str) -> None:
    response = driver.browser.generic(method, CONFIRM, QUERY_STRING=f"id_token_hint={hint}&decision=log_out")
    assert (response.status_code, response["Location"]) == (303, LOGOUT)
    assert is_logged_in(driver)
