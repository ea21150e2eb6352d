"""The conformance suite's hybrid and implicit plans (OpenID Connect Core §3.2 and §3.3), over HTTP."""

import base64
import hashlib
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests import ledger
from tests.conformance.front_channel.relying_party import Arrived, RelyingParty, is_refused, said_in
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

HYBRID = ("code id_token", "code token", "code id_token token")
IMPLICIT = ("id_token", "id_token token")
PROTOCOL = {"iss", "sub", "aud", "azp", "exp", "iat", "nonce", "auth_time", "sid", "at_hash", "c_hash"}


@pytest.fixture
def party(issuer: str, settings: Any) -> RelyingParty:
    """A client that was given all of them."""
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": [*HYBRID, *IMPLICIT]}
    policy = {"response_types": ["code", *HYBRID, *IMPLICIT]}
    return RelyingParty(issuer, ApplicationFactory(policy=policy), scope="openid profile notes:read")


def proven(party: RelyingParty, id_token: str) -> dict[str, Any]:
    """The claims of an ID token that a browser brought: its signature counts (Core §3.2.2.11)."""
    keys = requests.get(party.metadata()["jwks_uri"], timeout=10).json()
    claims = dict(jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims)
    assert (claims["iss"], claims["aud"]) == (party.issuer, party.application.client_id)
    assert claims["nonce"] == party.request()["nonce"]
    return claims


def half(text: str) -> str:
    """The left half of its hash (Core §3.3.2.11)."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def userinfo(party: RelyingParty, access_token: str) -> dict[str, Any]:
    """What is told about the person."""
    bearer = {"Authorization": f"Bearer {access_token}"}
    answer = requests.get(party.metadata()["userinfo_endpoint"], headers=bearer, timeout=10)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.spec("OIDF", "oidcc-server")
@pytest.mark.parametrize("response_mode", [None, "form_post"])
@pytest.mark.parametrize("response_type", [*HYBRID, *IMPLICIT])
def test_each_runs_from_login_to_userinfo(
    party: RelyingParty, user: Any, response_type: str, response_mode: str | None
) -> None:
    arrived = party.sign_in_and_allow(party.authorize(response_type=response_type, response_mode=response_mode), user)
    answer, subjects = arrived.answer, set()
    assert arrived.url.partition("#")[0] == party.redirect_uri
    assert bool(arrived.body) is (response_mode == "form_post")
    if "id_token" in answer:
        claims = proven(party, answer["id_token"])
        subjects.add(claims["sub"])
        assert claims.get("c_hash") == (half(answer["code"]) if "code" in answer else None)
        assert claims.get("at_hash") == (half(answer["access_token"]) if "access_token" in answer else None)
        if response_type != "id_token":
            assert set(claims) <= PROTOCOL
    if "access_token" in answer:
        assert answer["token_type"] == "Bearer"
        subjects.add(userinfo(party, answer["access_token"])["sub"])
    if "code" in answer:
        tokens = party.redeem(answer["code"]).json()
        subjects |= {said_in(tokens["id_token"])["sub"], userinfo(party, tokens["access_token"])["sub"]}
    assert len(subjects) == 1


@pytest.mark.spec("OIDF", "oidcc-scope-profile")
@pytest.mark.spec("OIDC Core", "5.4")
def test_an_id_token_that_comes_alone_tells_the_claims_of_the_scopes(party: RelyingParty, user: Any) -> None:
    arrived = party.sign_in_and_allow(party.authorize(response_type="id_token"), user)
    assert proven(party, arrived.answer["id_token"])["preferred_username"] == user.get_username()


@pytest.mark.spec("OIDF", "oidcc-ensure-request-without-nonce-fails")
@pytest.mark.parametrize("response_type", ["id_token", "id_token token", "code id_token", "code id_token token"])
def test_an_id_token_from_the_front_channel_needs_a_nonce(party: RelyingParty, response_type: str) -> None:
    with ledger.unchanged():
        arrived = party.authorize(response_type=response_type, nonce=None)
    is_refused(arrived, "invalid_request", party.issuer)
    assert isinstance(arrived, Arrived)
    assert arrived.url.startswith(f"{party.redirect_uri}#")


@pytest.mark.spec("OIDF", "oidcc-discovery-endpoint-verification")
def test_discovery_says_what_is_on(party: RelyingParty) -> None:
    metadata = party.metadata()
    assert set(metadata["response_types_supported"]) == {"code", *HYBRID, *IMPLICIT}
    assert "implicit" in metadata["grant_types_supported"]
