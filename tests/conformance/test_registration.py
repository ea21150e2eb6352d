"""The conformance suite's modules on dynamic registration (OpenID Connect Registration §3 to §5), over HTTP."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from django.core.cache import cache

from oauth_provider.clients.keys import jwks_uri
from oauth_provider.clients.registration import fetched_logo, sector_identifier
from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.protocol.jose import generate_key
from tests import logos
from tests.client_keys import jwks
from tests.conformance.relying_party import TIMEOUT, RelyingParty
from tests.each import each
from tests.factories import CALLBACK
from tests.person import Person
from tests.registrar import open_door

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "https://app.example.com"
KEY, _private = generate_key("RS256")


@pytest.fixture
def register(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Register at the endpoint that discovery names; what clients publish is there to be fetched."""
    cache.clear()
    open_door(settings)
    settings.OAUTH_PROVIDER["PAIRWISE_SECRET"] = "s" * 32
    published = {
        f"{HOME}/logo.png": logos.drawn(),
        f"{HOME}/jwks": json.dumps(jwks(KEY)).encode(),
        f"{HOME}/sector": json.dumps([CALLBACK]).encode(),
        f"{HOME}/other-sector": json.dumps([f"{HOME}/other"]).encode(),
    }

    def fetch(url: str, *args: Any, **kwargs: Any) -> Fetched:
        if url not in published:
            raise FetchError("nobody there")
        return Fetched(200, {}, published[url])

    for module in (jwks_uri, fetched_logo, sector_identifier):
        monkeypatch.setattr(module, "fetch", fetch)

    def send(**members: Any) -> requests.Response:
        discovery = requests.get(f"{server}/.well-known/openid-configuration", timeout=TIMEOUT).json()
        document = {"client_name": "Suite", "redirect_uris": [CALLBACK], "scope": "openid"} | members
        return requests.post(discovery["registration_endpoint"], json=document, timeout=TIMEOUT)

    return send


def refused(response: requests.Response, *errors: str) -> None:
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")
    assert response.json()["error"] in errors


@pytest.mark.spec("OIDF", "oidcc-redirect-uri-regfrag")
@pytest.mark.spec("OIDC Registration", "3.3")
def test_a_redirect_uri_has_no_fragment(register: Any) -> None:
    refused(register(redirect_uris=[f"{CALLBACK}#fragment"]), "invalid_redirect_uri")


@pytest.mark.spec("OIDF", "oidcc-registration-logo-uri")
@pytest.mark.spec("OIDF", "oidcc-registration-policy-uri")
@pytest.mark.spec("OIDF", "oidcc-registration-tos-uri")
@pytest.mark.spec("OIDC Registration", "2")
def test_a_person_sees_the_logo_and_is_led_to_policy_and_terms(register: Any, server: str, user: Any) -> None:
    pages = {"policy_uri": f"{HOME}/privacy", "tos_uri": f"{HOME}/terms", "logo_uri": f"{HOME}/logo.png"}
    made = register(**pages).json()
    party = RelyingParty(server, made["client_id"], made["client_secret"], user.username)
    person = Person(server)
    asked = f"{party.configuration['authorization_endpoint']}?{urlencode(party.request())}"
    page = person.submit(person.go(asked), username=user.username, password="correct horse").text
    assert pages["policy_uri"] in page
    assert pages["tos_uri"] in page
    assert "/oauth/logo/" in page
    assert pages["logo_uri"] not in page


@pytest.mark.spec("OIDF", "oidcc-registration-jwks-uri")
@pytest.mark.spec("OIDC Registration", "3.1")
def test_a_client_with_published_keys_completes_the_flow(register: Any, server: str, user: Any) -> None:
    made = register(jwks_uri=f"{HOME}/jwks").json()
    assert made["jwks_uri"] == f"{HOME}/jwks"
    party = RelyingParty(server, made["client_id"], made["client_secret"], user.username)
    assert party.claims_of(party.sign_in()["id_token"])["aud"] == made["client_id"]


@pytest.mark.spec("OIDF", "oidcc-registration-sector-uri")
@pytest.mark.spec("OIDC Registration", "5")
def test_a_sector_that_lists_the_redirect_uris_is_registered(register: Any) -> None:
    response = register(subject_type="pairwise", sector_identifier_uri=f"{HOME}/sector")
    assert response.status_code == 201
    assert response.json()["subject_type"] == "pairwise"


@pytest.mark.spec("OIDF", "oidcc-registration-sector-bad")
@each("document", ["other-sector", "nothing"])
def test_a_sector_that_does_not_is_refused(register: Any, document: str) -> None:
    response = register(subject_type="pairwise", sector_identifier_uri=f"{HOME}/{document}")
    refused(response, "invalid_client_metadata")


@pytest.mark.spec("OIDF", "oidcc-3rd_party-init-login")
@pytest.mark.spec("OIDC Registration", "3.2")
@pytest.mark.spec("OIDC Registration", "4")
def test_where_a_login_begins_comes_back_from_both_endpoints(register: Any) -> None:
    response = register(initiate_login_uri=f"{HOME}/login")
    made = response.json()
    assert (response.status_code, made["initiate_login_uri"]) == (201, f"{HOME}/login")
    bearer = {"Authorization": f"Bearer {made['registration_access_token']}"}
    read = requests.get(made["registration_client_uri"], headers=bearer, timeout=TIMEOUT)
    assert (read.status_code, read.headers["Content-Type"]) == (200, "application/json")
    assert read.json()["initiate_login_uri"] == f"{HOME}/login"
    assert urlsplit(made["registration_client_uri"]).query == ""


@pytest.mark.spec("OIDF", "oidcc-3rd_party-init-login-nohttps")
@pytest.mark.spec("OIDC Registration", "3.3")
def test_where_a_login_begins_is_https(register: Any) -> None:
    refused(register(initiate_login_uri="http://app.example.com/login"), "invalid_client_metadata")
