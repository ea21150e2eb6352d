"""A3, PKCE downgrade: no request without S256, and no code without its verifier (RFC 9700 §4.8, RFC 7636 §4)."""

from typing import Any

import pytest

from oauth_provider.protocol.pkce import s256
from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in, verifier
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.8"), pytest.mark.spec("RFC 7636", "4")]


@pytest.fixture(params=[{}, {"public": True}, {"skip_authorization": True}], ids=["confidential", "public", "trusted"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return signed_in(**request.param)


DOWNGRADES = [
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge": None},
    {"code_challenge": ""},
    {"code_challenge_method": None},
    {"code_challenge_method": ""},
    {"code_challenge_method": "plain"},
    {"code_challenge_method": "S512"},
    {"code_challenge": "a" * 42},
    {"code_challenge": "a" * 44},
    {"code_challenge": "a" * 42 + "="},
    {"code_challenge": "a" * 43 + "="},
]


@each("downgrade", DOWNGRADES, ids=str)
def test_a_request_without_an_s256_challenge_is_invalid_request(driver: Driver, downgrade: dict[str, Any]) -> None:
    with ledger.unchanged():
        response = driver.authorize(**downgrade)
    assert response.status_code == 303
    assert query_of(response["Location"])["error"] == "invalid_request"
    assert "code" not in query_of(response["Location"])


@each("downgrade", DOWNGRADES[:6], ids=str)
def test_nor_can_it_be_posted_or_carried_by_a_ticket(driver: Driver, downgrade: dict[str, Any]) -> None:
    with ledger.unchanged():
        resumed = post(driver.browser, AUTHORIZE, driver.request(**downgrade))["Location"]
        answer = query_of(driver.browser.get(resumed)["Location"])
    assert answer["error"] == "invalid_request"


@each("presented", ["", None, "a" * 42, "a" * 129, "a" * 43, "b" * 128, "a" * 42 + "=", "a" * 42 + "\u202e"], ids=ascii)
def test_a_verifier_that_is_not_the_one_is_invalid_grant(driver: Driver, presented: str | None) -> None:
    code = driver.code()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=presented), "invalid_grant")
    assert driver.redeem(code).status_code == 200


def test_the_challenge_itself_is_invalid_grant(driver: Driver) -> None:
    code = driver.code()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=s256(driver.code_verifier)), "invalid_grant")


def test_a_plain_challenge_named_s256_opens_to_nobody_who_saw_it(driver: Driver) -> None:
    plain = verifier()
    code = driver.code(code_challenge=plain)
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=plain), "invalid_grant")
