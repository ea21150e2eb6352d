"""Rotation of refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2): a new one at each use; how long a sign-in lives."""

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, TokenBinding
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.flows.refresh_token.sign_ins import family_of
from tests.overrides import setting

pytestmark = pytest.mark.django_db


# Rotation


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_answers_with_new_tokens_for_all_that_was_granted(driver: Driver) -> None:
    tokens = driver.tokens()
    response = driver.refresh(tokens["refresh_token"])
    renewed = response.json()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert set(renewed) == set(tokens)
    assert renewed["scope"] == tokens["scope"]
    assert renewed["access_token"] != tokens["access_token"]
    assert ledger.is_good(renewed["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_every_refresh_gives_a_new_refresh_token_of_the_same_family(driver: Driver) -> None:
    presented = [driver.tokens()["refresh_token"]]
    for _ in range(4):
        presented.append(driver.refresh(presented[-1]).json()["refresh_token"])
    assert len(set(presented)) == 5
    assert len({family_of(token) for token in presented}) == 1
    assert Authorization.objects.count() == 1


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_adds_no_row_but_an_access_token_and_its_binding(driver: Driver) -> None:
    tokens = driver.tokens()
    before = ledger.counts()
    driver.refresh(tokens["refresh_token"])
    after = ledger.counts()
    grown = {table for table in after if after[table] != before[table]}
    assert grown == {access_token_model()._meta.db_table, TokenBinding._meta.db_table}


@pytest.mark.spec("RFC 6749", "6")
def test_the_access_token_of_before_serves_on(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("FAPI 2.0", "5.3.2.1")
def test_a_client_whose_policy_says_so_keeps_its_refresh_token() -> None:
    driver = signed_in(policy={"rotate_refresh_tokens": False})
    kept = driver.tokens()["refresh_token"]
    answers = [driver.refresh(kept).json() for _ in range(3)]
    assert {answer["refresh_token"] for answer in answers} == {kept}
    assert len({answer["access_token"] for answer in answers}) == 3
    assert Authorization.objects.get().sealed_answer == ""


@pytest.mark.spec("RFC 6749", "6")
def test_narrowing_once_does_not_narrow_the_grant(driver: Driver) -> None:
    tokens = driver.tokens()
    narrowed = driver.refresh(tokens["refresh_token"], scope="notes:read").json()
    assert narrowed["scope"] == "notes:read"
    assert access_token_model().objects.order_by("-pk").first().scope == "notes:read"
    assert driver.refresh(narrowed["refresh_token"]).json()["scope"] == "notes:read notes:write"


# Lifetimes


@pytest.mark.spec("RFC 9700", "4.14.2")
@each(("after", "status"), [(990, 200), (1001, 400)])
def test_a_sign_in_that_is_not_refreshed_ends(driver: Driver, after: int, status: int) -> None:
    with setting(AUTHORIZATION_IDLE_LIFETIME=1000):
        tokens = driver.tokens()
        with ledger.later(after):
            assert driver.refresh(tokens["refresh_token"]).status_code == status


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_extends_a_sign_in(driver: Driver) -> None:
    with setting(AUTHORIZATION_IDLE_LIFETIME=1000):
        current = driver.tokens()["refresh_token"]
        for after in (900, 1800, 2700):
            with ledger.later(after):
                current = driver.refresh(current).json()["refresh_token"]
        with ledger.later(3800), ledger.unchanged():
            ledger.refused(driver.refresh(current), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_no_refresh_extends_a_sign_in_past_its_absolute_lifetime(driver: Driver) -> None:
    with setting(AUTHORIZATION_IDLE_LIFETIME=1000, AUTHORIZATION_LIFETIME=1500):
        tokens = driver.tokens()
        with ledger.later(900):
            renewed = driver.refresh(tokens["refresh_token"]).json()
            assert renewed["expires_in"] <= 600
        with ledger.later(1501), ledger.unchanged():
            ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")
            assert not ledger.is_good(renewed["access_token"])
