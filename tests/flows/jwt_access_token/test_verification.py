"""Verification of JWT access tokens by their own server (RFC 9068 §4): at userinfo, in look-ups, and its cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import Resource
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP, read_claims
from oauth_provider.tokens.key_ring import key_ring
from oauth_provider.tokens.verifier import verify
from tests import jose_keys, ledger
from tests.driver import USERINFO, Driver
from tests.flows.jwt_access_token.reading import NOTES, for_resources, provider, read
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]

OWN = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.mark.spec("OIDC Core", "5.3")
def test_userinfo_takes_one_that_holds_openid(driver: Driver, settings: Any) -> None:
    token = driver.redeem(driver.code(scope="openid email")).json()["access_token"]
    answer = Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["sub"]) == (200, read(token).subject)
    provider(settings, DEFAULT_RESOURCE=NOTES)
    elsewhere = driver.redeem(driver.code(scope="openid")).json()["access_token"]
    assert Browser().get(USERINFO, headers={"Authorization": f"Bearer {elsewhere}"}).status_code == 200


@pytest.mark.spec("OIDC Core", "5.3.3")
def test_userinfo_refuses_every_other(driver: Driver) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes")

    def status(token: str) -> int:
        return int(Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code)

    assert status(driver.tokens()["access_token"]) == 403
    assert status(driver.token(**OWN).json()["access_token"]) == 403
    assert status(for_resources(driver, NOTES, scope="openid").json()["access_token"]) == 401
    openid = driver.redeem(driver.code(scope="openid")).json()
    assert status(openid["id_token"]) == 401
    driver.revoke(openid["access_token"])
    assert status(openid["access_token"]) == 401


@pytest.mark.spec("RFC 9068", "4")
def test_the_machine_that_issued_it_may_be_a_little_ahead(driver: Driver, asker: Driver) -> None:
    with ledger.later(50):
        token = driver.token(**OWN).json()["access_token"]
    with ledger.later(3000):
        far = driver.token(**OWN).json()["access_token"]
    assert ledger.is_good(token)
    assert asker.introspect(token).json()["active"] is True
    assert not ledger.is_good(far)
    assert asker.introspect(far).json() == {"active": False}


@pytest.mark.parametrize("own", [False, True])
def test_verifying_costs_one_statement(driver: Driver, own: bool) -> None:
    token = (driver.token(**OWN).json() if own else driver.tokens())["access_token"]
    verify(token)
    with CaptureQueriesContext(connection) as captured:
        verified = verify(token)
        assert verified.client_id == driver.application.client_id
        assert verified.user is None or verified.user.get_username()
    assert len(captured) == 1


def test_issuing_a_clients_own_costs_no_write(driver: Driver) -> None:
    driver.token(**OWN)
    with CaptureQueriesContext(connection) as captured:
        driver.token(**OWN)
    assert not [query for query in captured.captured_queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_both_lookups_say_what_their_twins_say(driver: Driver) -> None:
    from oauth_provider.tokens.jwt_lookup import find_jwt, find_jwt_by_orm

    for token in (driver.tokens()["access_token"], driver.token(**OWN).json()["access_token"]):
        said = read(token)
        found, twin = find_jwt(said), find_jwt_by_orm(said)
        assert found is not None
        assert twin is not None
        assert found == twin
        assert found.load_application() == driver.application


def test_a_token_of_a_row_and_a_jwt_have_the_same_facts(driver: Driver) -> None:
    """Whatever reads one finds the same in the other."""
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="opaque")
    jwt = verify(driver.tokens()["access_token"])
    opaque = verify(for_resources(driver, NOTES).json()["access_token"])
    for name in ("scope", "client_id", "sub", "issuer", "cnf", "act", "acr", "user", "application"):
        assert getattr(jwt, name) == getattr(opaque, name), name
    assert abs(jwt.expires - opaque.expires) < timedelta(seconds=5)


@pytest.mark.spec("RFC 9068", "4")
def test_with_debug_and_no_issuer_our_keys_are_what_counts(driver: Driver, settings: Any) -> None:
    settings.DEBUG = True
    without = {name: value for name, value in OAUTH_PROVIDER.items() if name != "ISSUER"}
    settings.OAUTH_PROVIDER = without
    token = driver.tokens()["access_token"]
    assert read_claims(jws.parse(token).claims).issuer == "http://testserver"
    assert ledger.is_good(token)
    assert not ledger.is_good(jws.sign(jws.parse(token).claims, jose_keys.key("ES256", 5), typ=TYP))
    assert key_ring().signer("ES256")
