"""The format of access tokens: whose are JWTs, for which resources (RFC 9068 §3, RFC 8707 §2), and for how long."""

from typing import Any
from urllib.parse import urlencode

import pytest

from oauth_provider.models import Resource
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of, signed_in
from tests.each import each
from tests.flows.jwt_access_token.reading import ALL, ISSUER, NOTES, PHOTOS, for_resources, is_jwt, provider, read

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]

OWN = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.mark.spec("RFC 9068", "3")
@each(
    ("of_client", "of_resource", "expected"),
    [
        ("opaque", "", False),
        ("opaque", "opaque", False),
        ("opaque", "jwt", True),
        ("jwt", "", True),
        ("jwt", "opaque", False),
        ("jwt", "jwt", True),
    ],
)
def test_the_resource_decides_or_else_the_client(of_client: str, of_resource: str, expected: bool) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format=of_resource)
    driver = signed_in(policy={"access_token_format": of_client, "grant_types": ALL})
    response = for_resources(driver, NOTES)
    assert is_jwt(response) is expected
    assert verify(response.json()["access_token"]).resources == (NOTES,)
    assert is_jwt(driver.refresh(response.json()["refresh_token"])) is expected
    assert is_jwt(driver.token(**OWN, resource=NOTES)) is expected
    assert is_jwt(driver.token(**OWN)) is (of_client == "jwt")


def test_a_resource_in_the_settings_decides_too(settings: Any) -> None:
    provider(settings, RESOURCES={NOTES: {"name": "Notes", "access_token_format": "jwt"}, PHOTOS: "Photos"})
    driver = signed_in(policy={"grant_types": ALL})
    assert is_jwt(driver.token(**OWN, resource=NOTES))
    assert not is_jwt(driver.token(**OWN, resource=PHOTOS))


@pytest.mark.spec("RFC 8707", "2.2")
def test_resources_that_want_different_tokens_are_asked_for_one_at_a_time(driver: Driver) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="jwt")
    Resource.objects.create(identifier=PHOTOS, name="Photos", access_token_format="opaque")
    pairs = [*driver.request().items(), ("resource", NOTES), ("resource", PHOTOS)]
    location = driver.decide(driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")["Location"])["Location"]
    code = query_of(location)["code"]
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_target")
    first = driver.redeem(code, resource=NOTES)
    assert is_jwt(first)
    with ledger.unchanged():
        ledger.refused(driver.refresh(first.json()["refresh_token"]), "invalid_target")
    assert not is_jwt(driver.refresh(first.json()["refresh_token"], resource=PHOTOS))


def test_resources_that_want_the_same_are_named_together(driver: Driver) -> None:
    for uri in (NOTES, PHOTOS):
        Resource.objects.create(identifier=uri, name=uri, access_token_format="jwt")
    token = for_resources(driver, NOTES, PHOTOS).json()["access_token"]
    assert read(token).audience == verify(token).resources == (NOTES, PHOTOS)


@pytest.mark.spec("RFC 9068", "3")
@each(
    ("default", "scope", "audience"),
    [
        ("", "notes:read", (ISSUER,)),
        ("", "openid", (ISSUER,)),
        (NOTES, "notes:read", (NOTES,)),
        (NOTES, "openid", (NOTES, ISSUER)),
        (ISSUER, "openid", (ISSUER,)),
    ],
)
def test_somebody_is_named_also_where_the_client_names_nobody(
    driver: Driver, settings: Any, default: str, scope: str, audience: tuple[str, ...]
) -> None:
    provider(settings, DEFAULT_RESOURCE=default)
    token = driver.redeem(driver.code(scope=scope)).json()["access_token"]
    assert read(token).audience == audience
    # The issuer alone is this project; beside an API it stands for userinfo, and opens no API.
    assert verify(token).resources == (() if audience == (ISSUER,) else audience[:1])
    own = driver.token(**OWN).json()["access_token"]
    assert read(own).audience == audience[:1]


def test_a_resource_shortens_its_life_and_it_never_outlives_its_sign_in(driver: Driver, settings: Any) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_lifetime=60)
    response = for_resources(driver, NOTES)
    said = read(response.json()["access_token"])
    assert (said.expires - said.issued_at, response.json()["expires_in"]) == (60, 60)
    provider(settings, AUTHORIZATION_LIFETIME=30)
    said = read(driver.tokens()["access_token"])
    assert 29 <= said.expires - said.issued_at <= 30
