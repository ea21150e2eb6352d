"""Checks of JWT access tokens (RFC 9068): what would keep every client from its tokens is found at start."""

from typing import Any

import pytest

from oauth_provider.checks import access_tokens
from oauth_provider.models import Resource
from tests import jose_keys
from tests.checks.messages import said
from tests.each import each
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.spec("RFC 9068", "2.1")


@each(
    ("given", "expected"),
    [
        ({}, []),
        ({"ACCESS_TOKEN_SIGNING_ALG": "RS256", "DEFAULT_RESOURCE": "https://api.example.com/"}, []),
        ({"DEFAULT_RESOURCE": "urn:example:api"}, []),
        ({"ACCESS_TOKEN_SIGNING_ALG": "none"}, ["E090"]),
        ({"ACCESS_TOKEN_SIGNING_ALG": "HS256"}, ["E090"]),
        ({"ACCESS_TOKEN_SIGNING_ALG": ""}, ["E090"]),
        ({"DEFAULT_RESOURCE": "api"}, ["E091"]),
        ({"DEFAULT_RESOURCE": "https://api.example.com/#x"}, ["E091"]),
        ({"DEFAULT_RESOURCE": ["https://api.example.com/"]}, ["E091"]),
        ({"DEFAULT_RESOURCE": None, "ACCESS_TOKEN_SIGNING_ALG": "es256"}, ["E090", "E091"]),
    ],
    ids=str,
)
def test_settings_that_make_no_token_are_found(settings: Any, given: dict[str, Any], expected: list[str]) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, **given}
    assert said(access_tokens.check_settings) == expected


@pytest.mark.django_db
def test_a_key_is_missed_where_somebody_needs_it(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SIGNING_KEYS": [jose_keys.private_jwk("RS256")]}
    assert said(access_tokens.check_signing_key, databases=["default"]) == []
    ApplicationFactory(policy={"access_token_format": "jwt"})
    assert said(access_tokens.check_signing_key, databases=["default"]) == ["W090"]
    assert said(access_tokens.check_signing_key) == []
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ACCESS_TOKEN_SIGNING_ALG": "RS256"}
    assert said(access_tokens.check_signing_key, databases=["default"]) == []


@pytest.mark.django_db
def test_a_resource_needs_it_as_well(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SIGNING_KEYS": [jose_keys.private_jwk("RS256")]}
    Resource.objects.create(identifier="https://api.example.com/", name="API", access_token_format="jwt")
    assert said(access_tokens.check_signing_key, databases=["default"]) == ["W090"]


@pytest.mark.django_db
@pytest.mark.spec("RFC 9068", "5")
@each(
    ("client_id", "columns", "expected"),
    [
        ("7", {"access_token_format": "jwt", "grant_types": ["client_credentials"]}, ["W091"]),
        ("seven", {"access_token_format": "jwt", "grant_types": ["client_credentials"]}, []),
        ("7", {"access_token_format": "jwt", "grant_types": ["authorization_code"]}, []),
        ("7", {"access_token_format": "opaque", "grant_types": ["client_credentials"]}, []),
    ],
    ids=str,
)
def test_a_client_that_is_called_as_a_person_may_be_is_named(
    client_id: str, columns: dict[str, Any], expected: list[str]
) -> None:
    ApplicationFactory(service=True, client_id=client_id, policy=columns)
    assert said(access_tokens.check_clients, databases=["default"]) == expected
    assert said(access_tokens.check_clients) == []
