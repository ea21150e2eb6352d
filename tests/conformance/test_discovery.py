"""The conformance suite's modules on discovery and keys (OpenID Connect Discovery §3, Core §10.1.1), over HTTP."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import call_command

from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.tokens.key_ring import forget
from tests.conformance.relying_party import TIMEOUT, RelyingParty

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
# Every member that we may have, with its type (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3).
MEMBERS: dict[str, type] = {
    "issuer": str,
    "authorization_endpoint": str,
    "token_endpoint": str,
    "revocation_endpoint": str,
    "introspection_endpoint": str,
    "userinfo_endpoint": str,
    "pushed_authorization_request_endpoint": str,
    "jwks_uri": str,
    "end_session_endpoint": str,
    "check_session_iframe": str,
    "scopes_supported": list,
    "response_types_supported": list,
    "response_modes_supported": list,
    "grant_types_supported": list,
    "token_endpoint_auth_methods_supported": list,
    "token_endpoint_auth_signing_alg_values_supported": list,
    "revocation_endpoint_auth_methods_supported": list,
    "revocation_endpoint_auth_signing_alg_values_supported": list,
    "introspection_endpoint_auth_methods_supported": list,
    "introspection_endpoint_auth_signing_alg_values_supported": list,
    "subject_types_supported": list,
    "id_token_signing_alg_values_supported": list,
    "userinfo_signing_alg_values_supported": list,
    "request_object_signing_alg_values_supported": list,
    "id_token_encryption_alg_values_supported": list,
    "id_token_encryption_enc_values_supported": list,
    "authorization_signing_alg_values_supported": list,
    "claim_types_supported": list,
    "claims_supported": list,
    "code_challenge_methods_supported": list,
    "prompt_values_supported": list,
    "acr_values_supported": list,
    "display_values_supported": list,
    "ui_locales_supported": list,
    "claims_locales_supported": list,
    "backchannel_logout_supported": bool,
    "backchannel_logout_session_supported": bool,
    "frontchannel_logout_supported": bool,
    "frontchannel_logout_session_supported": bool,
    "claims_parameter_supported": bool,
    "request_parameter_supported": bool,
    "request_uri_parameter_supported": bool,
    "require_pushed_authorization_requests": bool,
    "require_signed_request_object": bool,
    "authorization_response_iss_parameter_supported": bool,
}


@pytest.mark.spec("OIDF", "oidcc-discovery-endpoint-verification")
def test_discovery_says_what_a_relying_party_needs(relying_party: RelyingParty) -> None:
    configuration = relying_party.configuration
    assert "code" in configuration["response_types_supported"]
    assert "openid" in configuration["scopes_supported"]
    assert "RS256" in configuration["id_token_signing_alg_values_supported"]
    assert configuration["subject_types_supported"] == ["public"]
    assert not {"none", "HS256"} & set(configuration["id_token_signing_alg_values_supported"])
    assert configuration["claims_parameter_supported"] is True
    assert configuration["request_uri_parameter_supported"] is False


@pytest.mark.spec("OIDF", "oidcc-discovery-endpoint-verification")
def test_every_member_is_known_and_of_its_type(relying_party: RelyingParty) -> None:
    for name, value in relying_party.configuration.items():
        assert isinstance(value, MEMBERS[name]), name
        if isinstance(value, list):
            assert value, name
            assert all(isinstance(one, str) for one in value), name
            assert len(set(value)) == len(value), name


@pytest.mark.spec("OIDF", "oidcc-discovery-endpoint-verification")
def test_every_url_is_the_issuers_and_answers(relying_party: RelyingParty) -> None:
    urls = [value for value in relying_party.configuration.values() if isinstance(value, str)]
    assert len(urls) == 10
    for url in urls[1:]:
        assert urlsplit(url).netloc == urlsplit(relying_party.issuer).netloc
        assert requests.get(url, timeout=TIMEOUT, allow_redirects=False).status_code != 404


@pytest.mark.spec("OIDF", "oidcc-discovery-endpoint-verification")
def test_behind_a_https_issuer_every_url_is_https(server: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": "https://auth.example.com"}
    configuration = requests.get(f"{server}/.well-known/openid-configuration", timeout=TIMEOUT).json()
    urls = [value for value in configuration.values() if isinstance(value, str)]
    assert all(url.startswith("https://auth.example.com") for url in urls)


@pytest.mark.spec("OIDF", "oidcc-idtoken-unsigned")
def test_unsigned_id_tokens_are_not_offered(relying_party: RelyingParty) -> None:
    assert "none" not in relying_party.configuration["id_token_signing_alg_values_supported"]
    assert "none" not in relying_party.configuration["userinfo_signing_alg_values_supported"]
    assert "none" not in relying_party.configuration["request_object_signing_alg_values_supported"]


@pytest.mark.spec("RFC 7517", "4.5")
def test_every_key_is_public_strong_and_named(relying_party: RelyingParty) -> None:
    keys = relying_party.keys()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys)
    assert {key["alg"] for key in keys} == set(relying_party.configuration["id_token_signing_alg_values_supported"])
    for key in keys:
        assert not PRIVATE & set(key)
        assert key["use"] == "sig"
        if key["kty"] == "RSA":
            assert len(key["n"]) >= 2048 / 6


@pytest.mark.spec("RFC 6749", "3.3")
def test_scopes_are_scope_tokens_and_locales_language_tags(relying_party: RelyingParty) -> None:
    assert all(is_scope_token(scope) for scope in relying_party.configuration["scopes_supported"])
    for locale in relying_party.configuration.get("ui_locales_supported", []):
        assert re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", locale)


@pytest.mark.spec("OIDF", "oidcc-server-rotate-keys")
def test_after_a_rotation_the_new_key_and_the_old_are_there(relying_party: RelyingParty, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["RS256"]}
    forget()
    tokens = relying_party.sign_in()
    before = {key["kid"] for key in relying_party.keys()["keys"]}
    call_command("oauth_keys", "rotate", "--now", verbosity=0)
    after = {key["kid"] for key in relying_party.keys()["keys"]}
    assert before < after
    assert len(after) == len(before) + 1
    assert relying_party.claims_of(tokens["id_token"])
