"""Authlib judges what registration answers, and signs a person in with it, over HTTP (RFC 7591 §3.2.1)."""

from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7591 import ClientMetadataClaims
from authlib.oidc.registration import ClientMetadataClaims as OpenIDClientMetadataClaims
from django.core.cache import cache

from tests.driver import verifier
from tests.factories import CALLBACK
from tests.person import Person
from tests.registrar import open_door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7591", "3.2.1")]


def test_authlib_takes_what_was_registered_and_completes_the_flow(
    server: str, user: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    cache.clear()
    open_door(settings)
    discovery = requests.get(f"{server}/.well-known/openid-configuration", timeout=10).json()
    asked = {"client_name": "Album", "redirect_uris": [CALLBACK], "scope": "openid notes:read"}
    made = requests.post(discovery["registration_endpoint"], json=asked, timeout=10).json()
    for claims in (ClientMetadataClaims, OpenIDClientMetadataClaims):
        claims(made, {}, claims.get_claims_options(discovery), discovery).validate()

    session = OAuth2Session(
        made["client_id"],
        made["client_secret"],
        token_endpoint_auth_method=made["token_endpoint_auth_method"],
        redirect_uri=CALLBACK,
        scope=made["scope"],
        code_challenge_method="S256",
    )
    secret = verifier()
    url, state = session.create_authorization_url(discovery["authorization_endpoint"], code_verifier=secret)
    arrived = Person(server).sign_in_and_allow(url, user)
    tokens = session.fetch_token(
        discovery["token_endpoint"], authorization_response=arrived, state=state, code_verifier=secret
    )
    assert set(tokens["scope"].split()) == {"openid", "notes:read"}
    assert session.get(discovery["userinfo_endpoint"]).json()["sub"]
