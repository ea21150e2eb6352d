"""Conformance: signed answers (JARM §2): success and error alike are one JWT, with nothing plain beside it."""

import time
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.conformance.front_channel.relying_party import Arrived, RelyingParty
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),  # it is joserfc's word on the name (RFC 9864)
    pytest.mark.parametrize("response_mode", ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]),
]
PLACES = {"jwt": "?", "query.jwt": "?", "fragment.jwt": "#", "form_post.jwt": ""}


@pytest.fixture(params=["RS256", "PS256", "ES256", "EdDSA"])
def alg(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def party(issuer: str, alg: str) -> RelyingParty:
    return RelyingParty(issuer, ApplicationFactory(policy={"authorization_signed_response_alg": alg}))


def opened(party: RelyingParty, arrived: Any, response_mode: str, alg: str) -> dict[str, Any]:
    """What the answer says, proven by another library (JARM §2.4)."""
    assert isinstance(arrived, Arrived), arrived.text
    assert arrived.url.startswith(CALLBACK + PLACES[response_mode])
    assert bool(arrived.body) == (response_mode == "form_post.jwt")
    assert set(arrived.answer) == {"response"}
    keys = KeySet.import_key_set(requests.get(party.metadata()["jwks_uri"], timeout=10).json())
    token = jwt.decode(arrived.answer["response"], keys, algorithms=[alg])
    assert token.header["kid"]
    claims = token.claims
    assert (claims.pop("iss"), claims.pop("aud")) == (party.issuer, party.application.client_id)
    assert 10 <= claims.pop("exp") - time.time() <= 600
    claims.pop("iat", None)
    return dict(claims)


@pytest.mark.spec("JARM", "2.1")
def test_a_code_comes_signed(party: RelyingParty, user: Any, response_mode: str, alg: str) -> None:
    arrived = party.sign_in_and_allow(party.authorize(response_mode=response_mode), user)
    said = opened(party, arrived, response_mode, alg)
    assert set(said) == {"code", "state", "session_state"}
    assert party.redeem(said["code"]).status_code == 200


@pytest.mark.spec("JARM", "2.1")
def test_an_error_comes_signed(party: RelyingParty, response_mode: str, alg: str) -> None:
    said = opened(party, party.authorize(response_mode=response_mode, prompt="none"), response_mode, alg)
    assert (said.pop("error"), said.pop("state")) == ("login_required", "af0ifjsldkj")
    assert set(said) <= {"error_description"}
