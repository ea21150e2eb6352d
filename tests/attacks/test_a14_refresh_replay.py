"""A14, refresh replay: a superseded token after the window ends all of its authorization (RFC 9700 §4.14)."""

from typing import Any

import pytest

from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.14")]

AFTER_THE_WINDOW = 61


@pytest.fixture(params=[{}, {"public": True}], ids=["confidential", "public"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return signed_in(**request.param)


def generations(driver: Driver, count: int) -> list[dict[str, Any]]:
    """The answers of a code exchange and of ``count`` refreshes."""
    answers = [driver.tokens()]
    for _ in range(count):
        answers.append(driver.refresh(answers[-1]["refresh_token"]).json())
    return answers


@each("replayed", range(4))
def test_every_token_of_the_authorization_dies(driver: Driver, replayed: int) -> None:
    answers = generations(driver, 4)
    with ledger.later(AFTER_THE_WINDOW):
        ledger.refused(driver.refresh(answers[replayed]["refresh_token"]), "invalid_grant")
        for answer in answers:
            assert not ledger.is_good(answer["access_token"])
            assert ledger.is_over(answer["access_token"])
            ledger.refused(driver.refresh(answer["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get().revoked_reason == "refresh_token_replay"


def test_the_thiefs_tokens_die_when_the_owner_refreshes(driver: Driver) -> None:
    stolen = driver.tokens()["refresh_token"]
    theirs = driver.refresh(stolen).json()
    with ledger.later(AFTER_THE_WINDOW):
        ledger.refused(driver.refresh(stolen), "invalid_grant")
        ledger.refused(driver.refresh(theirs["refresh_token"]), "invalid_grant")
        assert ledger.is_over(theirs["access_token"])


def test_twenty_refreshes_with_one_token_leave_one_live_refresh_token(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    answers = [driver.refresh(token).json() for _ in range(20)]
    assert len({answer["refresh_token"] for answer in answers}) == 1
    assert len({answer["access_token"] for answer in answers}) == 1
    assert driver.refresh(answers[0]["refresh_token"]).status_code == 200


def test_a_retry_after_the_new_token_was_used_gets_nothing_and_is_a_replay_after_the_window(driver: Driver) -> None:
    first, second, third = generations(driver, 2)
    with ledger.unchanged():
        ledger.refused(driver.refresh(first["refresh_token"]), "invalid_grant")
    with ledger.later(AFTER_THE_WINDOW):
        ledger.refused(driver.refresh(first["refresh_token"]), "invalid_grant")
        for answer in (first, second, third):
            assert ledger.is_over(answer["access_token"])
