"""Disclosure of authorization details (RFC 9396 §9 and §10): to APIs, to clients, and to nobody else."""

import pytest

from oauth_provider.models import ClientPolicy, PendingRequest
from oauth_provider.protocol.jws import parse
from tests import ledger
from tests.details import ONE, READ, TYPES, register, said
from tests.driver import METADATA, signed_in
from tests.flows.authorization_details.grants import details_of, granted
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db]


@pytest.mark.spec("RFC 9396", "9.2")
def test_introspection_tells_what_the_token_is_for(driver):
    asker = signed_in(policy={"may_introspect": True})
    tokens = granted(driver, ONE, READ, authorization_details=said(READ)).json()
    about = asker.introspect(tokens["access_token"]).json()
    assert about["authorization_details"] == [READ]
    assert "scope" not in about
    kept = asker.introspect(tokens["refresh_token"]).json()
    assert kept["authorization_details"] == [ONE, READ]
    assert "scope" not in kept
    plain = signed_in().tokens()
    assert "authorization_details" not in asker.introspect(plain["access_token"]).json()


@pytest.mark.spec("RFC 9396", "9.1")
def test_a_jwt_tells_them_itself(driver):
    ClientPolicy.objects.update(access_token_format="jwt")
    response = granted(driver, ONE, READ, authorization_details=said({**READ, "actions": ["read"]}))
    claims = parse(response.json()["access_token"]).claims
    assert claims["authorization_details"] == details_of(response) == [{**READ, "actions": ["read"]}]
    assert "scope" not in claims
    asker = signed_in(policy={"may_introspect": True})
    about = asker.introspect(response.json()["access_token"]).json()
    assert about["authorization_details"] == claims["authorization_details"]
    own = driver.token(grant_type="client_credentials", authorization_details=said(READ))
    assert parse(own.json()["access_token"]).claims["authorization_details"] == [READ]
    again = driver.refresh(response.json()["refresh_token"])
    assert parse(again.json()["access_token"]).claims["authorization_details"] == details_of(again) == [ONE, READ]


@pytest.mark.spec("RFC 9396", "9.2")
def test_one_who_may_not_ask_is_told_nothing(driver):
    tokens = granted(driver, ONE).json()
    assert signed_in().introspect(tokens["access_token"]).json() == {"active": False}


@pytest.mark.spec("RFC 9396", "10")
@pytest.mark.parametrize("path", [METADATA, "/.well-known/openid-configuration"])
def test_the_metadata_names_the_types_where_there_are_any(driver, settings, path):
    assert driver.browser.get(path).json()["authorization_details_types_supported"] == list(TYPES)
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    assert "authorization_details_types_supported" not in driver.browser.get(path).json()


def test_a_failing_schema_is_the_operators_fault_and_spends_nothing(driver, settings):
    types = {**TYPES, "transfer": {"name": "x", "schema": {"$ref": "https://example.com/schema"}}}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
    with ledger.unchanged():
        ledger.refused(driver.push(authorization_details=said(ONE)), "server_error", 500)
    assert PendingRequest.objects.count() == 0
