"""Refreshes that bring JWT access tokens (RFC 6749 §6, RFC 9068): repeated, replayed, and never spent for nothing."""

from typing import Any

import pytest
from django.db import connection

from oauth_provider.models import ClientPolicy
from oauth_provider.protocol import jws
from tests import jose_keys, ledger
from tests.driver import Driver
from tests.flows.jwt_access_token.reading import ISSUER, is_jwt, provider, read

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]

OWN = {"grant_type": "client_credentials", "scope": "notes:read"}


# -- refresh -------------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_gives_another_token_of_the_same_sign_in(driver: Driver) -> None:
    first = driver.tokens()
    second = driver.refresh(first["refresh_token"], scope="notes:read").json()
    one, other = read(first["access_token"]), read(second["access_token"])
    assert one.jti != other.jti
    assert one.authorization_id == other.authorization_id
    assert other.scope == "notes:read"
    assert ledger.is_good(first["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_that_is_repeated_gets_the_same_token_under_another_signature(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first, again = driver.refresh(refresh_token).json(), driver.refresh(refresh_token).json()
    assert read(first["access_token"]) == read(again["access_token"])
    assert first["refresh_token"] == again["refresh_token"]
    with ledger.later(10):
        later = driver.refresh(refresh_token).json()
        assert read(later["access_token"]) == read(first["access_token"])
        assert 3588 <= later["expires_in"] <= 3590


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_repeated_refresh_says_what_was_said_whatever_was_set_meanwhile(driver: Driver, settings: Any) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first = driver.refresh(refresh_token).json()
    provider(settings, DEFAULT_RESOURCE=ISSUER, ACCESS_TOKEN_LIFETIME=7200)
    ClientPolicy.objects.update(access_token_format="opaque")
    assert read(driver.refresh(refresh_token).json()["access_token"]) == read(first["access_token"])
    ClientPolicy.objects.update(scopes=["notes:read"])
    ledger.refused(driver.refresh(refresh_token), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replayed_refresh_token_ends_the_jwts_as_well(driver: Driver) -> None:
    first = driver.tokens()
    second = driver.refresh(first["refresh_token"]).json()
    third = driver.refresh(second["refresh_token"]).json()
    with ledger.later(61):
        ledger.refused(driver.refresh(first["refresh_token"]), "invalid_grant")
        for tokens in (first, second, third):
            assert not ledger.is_good(tokens["access_token"])


# -- nothing is spent where nothing can be signed ------------------------------------------------------------------


@pytest.mark.parametrize("why", ["no key", "no pairwise secret"])
def test_where_none_can_be_made_nothing_is_spent(driver: Driver, settings: Any, why: str) -> None:
    refresh_token, code = driver.tokens()["refresh_token"], driver.code()
    if why == "no key":
        provider(settings, SIGNING_KEYS=[jose_keys.private_jwk("RS256")])
    else:
        ClientPolicy.objects.update(subject_type="pairwise")
    driver.browser.raise_request_exception = False
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "server_error", 500)
        ledger.refused(driver.refresh(refresh_token), "server_error", 500)
        if why == "no key":
            ledger.refused(driver.token(**OWN), "server_error", 500)
    provider(settings)
    ClientPolicy.objects.update(subject_type="public")
    assert is_jwt(driver.redeem(code))
    assert is_jwt(driver.refresh(refresh_token))


def test_it_is_signed_when_the_transaction_is_over(driver: Driver, settings: Any, monkeypatch: Any) -> None:
    """A KMS is asked while no row is locked."""
    signed_within: list[bool] = []
    sign = jws.sign

    def spy(*args: Any, **kwargs: Any) -> str:
        signed_within.append(len(connection.savepoint_ids) > baseline)
        return sign(*args, **kwargs)

    baseline = len(connection.savepoint_ids)
    monkeypatch.setattr(jws, "sign", spy)
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    driver.token(**OWN)
    assert signed_within == [False, False, False]
