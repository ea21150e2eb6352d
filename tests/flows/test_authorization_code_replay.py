"""Replays of an authorization code (RFC 6749 §4.1.2, §10.5): the whole of one ends what came of the code."""

from typing import Any

import pytest

from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def driver() -> Driver:
    return signed_in()


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_redeemed_code_presented_again_revokes_its_tokens(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    ledger.refused(driver.redeem(code), "invalid_grant")
    assert Authorization.objects.get().revoked_reason == "code_replay"
    assert not ledger.is_good(tokens["access_token"])
    assert ledger.is_over(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.2")
@each("seconds", [1, 30, 3000, 86400])
def test_a_replay_revokes_whenever_it_comes(driver: Driver, seconds: int) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    with ledger.later(seconds):
        renewed = driver.refresh(tokens["refresh_token"]).json()
        ledger.refused(driver.redeem(code), "invalid_grant")
        assert ledger.is_over(tokens["access_token"])
        assert ledger.is_over(renewed["access_token"])
        assert not ledger.is_good(renewed["access_token"])
        ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_code_has_no_retry_window(driver: Driver) -> None:
    code = driver.code()
    assert driver.redeem(code).status_code == 200
    ledger.refused(driver.redeem(code), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.5")
@each(
    "form",
    [
        {"code_verifier": None},
        {"code_verifier": "a" * 43},
        {"redirect_uri": "https://evil.example.com/"},
        {"grant_type": "password"},
        {"client_secret": "wrong"},
        {"client_secret": None},
    ],
    ids=str,
)
def test_less_than_a_whole_replay_changes_nothing(driver: Driver, form: dict[str, Any]) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    with ledger.unchanged():
        assert driver.redeem(code, **form).status_code in (400, 401)
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 9700", "4.5")
def test_another_clients_replay_changes_nothing(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    other = Driver(ApplicationFactory(), code_verifier=driver.code_verifier)
    with ledger.unchanged():
        ledger.refused(other.redeem(code), "invalid_grant")
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_replay_ends_nothing_but_its_own_authorization(driver: Driver) -> None:
    first, code = driver.tokens(), driver.code()
    driver.redeem(code)
    driver.redeem(code)
    assert ledger.is_good(first["access_token"])
    assert driver.refresh(first["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_lost_code_costs_one_new_sign_in_and_nothing_else(driver: Driver) -> None:
    driver.code()
    tokens = driver.tokens()
    assert Authorization.objects.count() == 2
    assert ledger.is_good(tokens["access_token"])
