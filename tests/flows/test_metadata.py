"""Authorization server metadata (RFC 8414): what is served is what is said, on the issuer's host."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from django.test import override_settings

from oauth_provider.clients.authentication.table import methods
from oauth_provider.endpoints.metadata import ENDPOINTS
from oauth_provider.protocol.response_mode import SUPPORTED
from oauth_provider.registry.grant import grant_types
from oauth_provider.registry.scope import IDENTITY_SCOPES
from tests.driver import METADATA
from tests.each import each
from tests.registrar import open_door
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

ISSUER = "https://auth.example.com"


def with_issuer(issuer: str) -> Any:
    return override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, "ISSUER": issuer})


@pytest.mark.spec("RFC 8414", "3.2")
def test_the_document_is_public_json_whose_issuer_is_ours(client: Browser) -> None:
    response = client.get(METADATA)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.json()["issuer"] == ISSUER
    assert not response.cookies


@pytest.mark.spec("RFC 9207", "3")
@pytest.mark.spec("RFC 8414", "2")
def test_it_says_what_is_served(client: Browser) -> None:
    document = client.get(METADATA).json()
    assert document["response_types_supported"] == ["code"]
    assert document["response_modes_supported"] == list(SUPPORTED)
    assert document["grant_types_supported"] == list(grant_types())
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["token_endpoint_auth_methods_supported"] == list(methods())
    assert "none" not in document["introspection_endpoint_auth_methods_supported"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["request_uri_parameter_supported"] is False
    assert document["scopes_supported"] == [*IDENTITY_SCOPES, *OAUTH_PROVIDER["SCOPES"]]  # type: ignore[misc]
    assert document["id_token_signing_alg_values_supported"] == ["RS256", "ES256", "PS256", "EdDSA"]
    assert document["subject_types_supported"] == ["public"]


@pytest.mark.spec("RFC 8414", "2")
def test_it_promises_nothing_that_is_off(client: Browser) -> None:
    text = client.get(METADATA).content.decode()
    for word in ("implicit", "password", "plain", "token id_token", '"HS256"'):
        assert word not in text


@pytest.mark.spec("RFC 8414", "2")
@each("name", ENDPOINTS)
def test_every_endpoint_that_is_named_answers(client: Browser, settings: Any, name: str) -> None:
    open_door(settings)
    url = client.get(METADATA).json()[name]
    assert url.startswith(f"{ISSUER}/oauth/")
    assert client.post(urlsplit(url).path).status_code != 404


@pytest.mark.spec("RFC 8414", "3")
@each(
    ("issuer", "path", "status"),
    [
        (ISSUER, "", 200),
        (ISSUER, "/", 200),
        (ISSUER, "/tenant", 404),
        (f"{ISSUER}/tenant", "", 200),
        (f"{ISSUER}/tenant", "/tenant", 200),
        (f"{ISSUER}/tenant", "/tenant/", 200),
        (f"{ISSUER}/tenant", "/other", 404),
        (f"{ISSUER}/tenant", "/tenant/more", 404),
        (f"{ISSUER}/a/b", "/a/b", 200),
        (f"{ISSUER}/a/b", "/a", 404),
    ],
)
def test_it_is_found_at_the_root_and_behind_the_issuers_own_path(
    client: Browser, issuer: str, path: str, status: int
) -> None:
    with with_issuer(issuer):
        response = client.get(METADATA + path)
    assert response.status_code == status
    if status == 200:
        assert response.json()["issuer"] == issuer


@pytest.mark.spec("RFC 9110", "15.5.6")
@each("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_it_is_only_read(client: Browser, method: str) -> None:
    response = client.generic(method, METADATA)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.spec("RFC 9110", "9.3.2")
def test_head_is_get_without_a_body(client: Browser) -> None:
    response = client.head(METADATA)
    assert (response.status_code, response.content) == (200, b"")
