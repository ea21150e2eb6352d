"""The conformance suite's modules on the code flow's ID token (OpenID Connect Core §2 and §3.1.3.7), over HTTP."""

import base64
import hashlib
import json
from typing import Any

import pytest

from oauth_provider.models import ClientPolicy
from tests.conformance.relying_party import RelyingParty
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

PROTOCOL = {"iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr", "azp", "sid", "at_hash"}


def header_of(token: str) -> dict[str, Any]:
    part = token.split(".", maxsplit=1)[0]
    header: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return header


@pytest.mark.spec("OIDF", "oidcc-server")
def test_the_code_flow_runs_from_login_to_userinfo(relying_party: RelyingParty) -> None:
    tokens = relying_party.sign_in()
    assert set(relying_party.claims_of(tokens["id_token"])) <= PROTOCOL
    assert set(relying_party.userinfo(tokens)) == {"sub"}


@pytest.mark.spec("OIDC Core", "3.1.3.7")
def test_its_claims_are_right(relying_party: RelyingParty) -> None:
    tokens = relying_party.sign_in()
    claims = relying_party.claims_of(tokens["id_token"])
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert claims["nonce"] == relying_party.nonce
    for name in ("exp", "iat", "auth_time"):
        assert type(claims[name]) is int


@pytest.mark.spec("OIDC Core", "10.1")
@pytest.mark.spec("OIDF", "oidcc-idtoken-signature")
@pytest.mark.spec("OIDF", "oidcc-idtoken-rs256")
@pytest.mark.parametrize("registered", [True, False])
def test_it_is_signed_with_rs256_by_default_and_when_registered(server: str, user: Any, registered: bool) -> None:
    application = ApplicationFactory(policy={"id_token_signed_response_alg": "RS256"} if registered else None)
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    header = header_of(relying_party.sign_in()["id_token"])
    assert header["alg"] == "RS256"
    assert header["kid"] in {key["kid"] for key in relying_party.keys()["keys"]}


@pytest.mark.spec("OIDC Core", "10.1")
@pytest.mark.spec("OIDF", "oidcc-idtoken-signature")
@pytest.mark.parametrize("alg", ["ES256", "PS256"])
def test_it_is_signed_with_what_was_registered(server: str, user: Any, alg: str) -> None:
    application = ApplicationFactory(policy={})
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    tokens = relying_party.sign_in()
    ClientPolicy.objects.update(id_token_signed_response_alg=alg)
    renewed = relying_party.exchange(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert relying_party.claims_of(renewed["id_token"], alg)
    assert header_of(renewed["id_token"])["alg"] == alg


@pytest.mark.spec("OIDF", "oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
@pytest.mark.spec("OIDF", "fapi2-security-profile-final-ensure-authorization-request-without-nonce-success")
@pytest.mark.spec("OIDF", "fapi2-security-profile-id2-ensure-authorization-request-without-nonce-success")
def test_without_a_nonce_there_is_none(relying_party: RelyingParty) -> None:
    tokens = relying_party.sign_in(nonce=None)
    assert "nonce" not in relying_party.claims_of(tokens["id_token"])
