"""Replays of a refresh token (RFC 9700 §4.14.2): who presents what was superseded ends that sign-in, and no other."""

import logging
from typing import Any

import pytest

from oauth_provider.protocol.token_string import make_refresh_token
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.flows.refresh_token.sign_ins import family_of, revocation_of, revoke
from tests.overrides import setting

pytestmark = pytest.mark.django_db

WINDOW = 60


@pytest.mark.spec("RFC 9700", "4.14.2")
@each("after", [WINDOW + 1, 3000, 20 * 86400])
def test_a_superseded_token_after_the_window_revokes_the_authorization(driver: Driver, after: int) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    with ledger.later(after):
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"
        for dead in (tokens, renewed):
            assert not ledger.is_good(dead["access_token"])
            assert ledger.is_over(dead["access_token"])
        ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_token_two_generations_old_within_the_window_is_refused_and_ends_nothing(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    third = driver.refresh(driver.refresh(first).json()["refresh_token"]).json()
    with ledger.unchanged(), ledger.later(WINDOW - 2):
        ledger.refused(driver.refresh(first), "invalid_grant")
    assert revocation_of(driver) == ""
    assert ledger.is_good(third["access_token"])
    assert driver.refresh(third["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_token_two_generations_old_after_the_window_is_a_replay(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    third = driver.refresh(driver.refresh(first).json()["refresh_token"]).json()
    with ledger.later(WINDOW + 1):
        ledger.refused(driver.refresh(first), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"
        assert ledger.is_over(third["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_the_window_of_an_older_token_is_counted_from_the_last_refresh(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    second = driver.refresh(first).json()["refresh_token"]
    with ledger.later(WINDOW - 10):
        assert driver.refresh(second).status_code == 200
    with ledger.later(2 * WINDOW - 20), ledger.unchanged():
        ledger.refused(driver.refresh(first), "invalid_grant")
    with ledger.later(2 * WINDOW - 5):
        ledger.refused(driver.refresh(first), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_replays_of_what_was_revoked_before_write_nothing_and_are_told_as_refusals_alone(
    driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    assert driver.redeem(code).status_code == 400
    assert revocation_of(driver) == "code_replay"
    caplog.clear()
    with ledger.unchanged():
        for _ in range(3):
            ledger.refused(driver.redeem(code), "invalid_grant")
            ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    warnings = [one for one in caplog.records if one.name.startswith("oauth_provider") and one.levelno > logging.INFO]
    assert [one.getMessage().split()[0] for one in warnings] == ["request_refused"] * 6  # and no "replayed"


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_well_made_token_of_the_clients_own_family_that_was_never_issued_is_a_replay(driver: Driver) -> None:
    tokens = driver.tokens()
    ledger.refused(driver.refresh(make_refresh_token(family_of(tokens["refresh_token"]))), "invalid_grant")
    assert revocation_of(driver) == "refresh_token_replay"
    assert ledger.is_over(tokens["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_window_of_zero_turns_retries_off(driver: Driver) -> None:
    with setting(REFRESH_TOKEN_RETRY_WINDOW=0):
        tokens = driver.tokens()
        driver.refresh(tokens["refresh_token"])
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert revocation_of(driver) == "refresh_token_replay"


@pytest.mark.spec("RFC 9700", "4.14.2")
@each(("after", "status"), [(100, 200), (121, 400)])
def test_the_window_is_the_settings(driver: Driver, after: int, status: int) -> None:
    with setting(REFRESH_TOKEN_RETRY_WINDOW=120):
        tokens = driver.tokens()
        driver.refresh(tokens["refresh_token"])
        with ledger.later(after):
            assert driver.refresh(tokens["refresh_token"]).status_code == status


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_ends_one_sign_in_and_no_other_of_the_same_person_and_client(driver: Driver) -> None:
    first, other = driver.tokens(), driver.tokens()
    driver.refresh(first["refresh_token"])
    with ledger.later(WINDOW + 1):
        driver.refresh(first["refresh_token"])
    assert driver.refresh(other["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@each("credentials", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_id": None}], ids=str)
def test_a_replay_by_somebody_unauthenticated_changes_nothing(credentials: dict[str, Any]) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    with ledger.later(WINDOW + 1), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **credentials), "invalid_client", 401)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_of_what_was_revoked_already_tells_nobody_twice(
    driver: Driver, django_capture_on_commit_callbacks: Any
) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    revoke(driver)
    with ledger.unchanged(), ledger.later(WINDOW + 1), django_capture_on_commit_callbacks() as callbacks:
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert callbacks == []
