"""The key set and every public document (RFC 7517 §5, RFC 9110 §13.1.2): what is shown, to whom, and for how long."""

from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.protocol.jose import PRIVATE_MEMBERS
from oauth_provider.urls import well_known
from tests.driver import JWKS, METADATA
from tests.each import each
from tests.jose_keys import private_jwk
from tests.urls import urlpatterns as project_urls

OPENID = "/.well-known/openid-configuration"
urlpatterns = [*project_urls, *well_known]  # a project whose issuer has a path adds these at its root
DOCUMENTS = [JWKS, METADATA, OPENID]
ANYONE = {"Origin": "https://anyone.example.com"}


@pytest.mark.spec("RFC 7517", "9.2")
def test_it_shows_public_halves_alone(client: Browser) -> None:
    response = client.get(JWKS)
    keys = response.json()["keys"]
    assert [key["alg"] for key in keys] == ["RS256", "ES256", "PS256", "EdDSA"]
    for key in keys:
        assert not PRIVATE_MEMBERS & set(key)
        assert key["use"] == "sig"
        assert private_jwk(key["alg"])["d"] not in response.content.decode()


@pytest.mark.spec("RFC 7517", "4.5")
def test_every_key_has_a_kid_of_its_own(client: Browser) -> None:
    keys = client.get(JWKS).json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys) == 4


@each("path", DOCUMENTS)
@pytest.mark.spec("RFC 9110", "8.8.3")
def test_a_document_may_be_kept_and_asked_for_again(client: Browser, path: str) -> None:
    first = client.get(path)
    assert first["Content-Type"] == "application/json"
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["ETag"].startswith('"')
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]


@each("path", DOCUMENTS)
@each("condition", ['"x", {etag}', "W/{etag}", "*"])
@pytest.mark.spec("RFC 9110", "13.1.2")
def test_any_form_of_the_condition_is_understood(client: Browser, path: str, condition: str) -> None:
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": condition.format(etag=etag)}).status_code == 304


@each("path", DOCUMENTS)
@each("condition", ['"x"', "x", "", '"', "W/", '"\u00e9"', "*x"])
@pytest.mark.spec("RFC 9110", "13.1.2")
def test_another_condition_gets_the_document(client: Browser, path: str, condition: str) -> None:
    response = client.get(path, headers={"If-None-Match": condition})
    assert response.status_code == 200
    assert response.json()


@each("path", DOCUMENTS)
@pytest.mark.spec("Fetch", "3.2")
def test_anyone_may_read_it_and_no_cookie_is_set(client: Browser, path: str) -> None:
    for response in (client.get(path, headers=ANYONE), client.options(path, headers=ANYONE)):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.has_header("Access-Control-Allow-Credentials")
        assert not response.cookies


@each("path", DOCUMENTS)
@each("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_only_read(client: Browser, path: str, method: str) -> None:
    response = client.generic(method, path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_changed_setting_changes_the_document(client: Browser, settings: Any) -> None:
    before = client.get(METADATA)
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SCOPES": {"other": "Other"}}
    after = client.get(METADATA, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "other" in after.json()["scopes_supported"]


@pytest.mark.spec("RFC 8414", "5")
def test_both_names_lead_to_the_same_facts(client: Browser) -> None:
    assert client.get(METADATA).json() == client.get(OPENID).json()


@pytest.mark.urls(__name__)
@pytest.mark.spec("OIDC Discovery", "4.1")
@each(
    ("issuer", "path", "status"),
    [
        ("https://auth.example.com", OPENID, 200),
        ("https://auth.example.com", f"{OPENID}/", 200),
        ("https://auth.example.com", f"{OPENID}/tenant", 404),
        ("https://auth.example.com", f"/tenant{OPENID}", 404),
        ("https://auth.example.com/a/b", f"{OPENID}/a/b", 200),
        ("https://auth.example.com/a/b", f"/a/b{OPENID}", 200),
        ("https://auth.example.com/a/b", f"/a{OPENID}", 404),
        ("https://auth.example.com/a/b", f"/b{OPENID}", 404),
    ],
)
def test_it_is_found_before_and_behind_the_issuers_path(
    client: Browser, settings: Any, issuer: str, path: str, status: int
) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": issuer}
    assert client.get(path).status_code == status


def test_it_hides_no_other_providers_document(client: Browser) -> None:
    response = client.get(f"/o{OPENID}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
