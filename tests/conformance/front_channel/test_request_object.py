"""Conformance: request objects by value and pushed (RFC 9101, OpenID Connect Core §6), over a live server."""

import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests import jose_keys
from tests.client_keys import jwks
from tests.conformance.front_channel.relying_party import Arrived, RelyingParty, is_refused, said_in
from tests.conformance.front_channel.test_authorization_request import fapi2
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = ECKey.import_key({**jose_keys.private_jwk("ES256"), "kid": jose_keys.key("ES256").kid})


@pytest.fixture
def party(issuer: str) -> RelyingParty:
    """A client that registered a key."""
    return RelyingParty(issuer, ApplicationFactory(policy={"jwks": jwks(jose_keys.key("ES256"))}))


def claims_of(party: RelyingParty, **changes: Any) -> dict[str, Any]:
    """A request as claims; a change to None leaves one out."""
    said = {"iss": party.application.client_id, "aud": party.issuer, "exp": int(time.time()) + 60}
    return {name: value for name, value in {**party.request(), **said, **changes}.items() if value is not None}


def signed(party: RelyingParty, **changes: Any) -> str:
    """The same, signed by another library than ours."""
    header = {"alg": "ES256", "kid": PRIVATE.kid, "typ": "oauth-authz-req+jwt"}
    return str(jwt.encode(header, claims_of(party, **changes), PRIVATE))


def send(party: RelyingParty, token: str, **beside: str) -> Any:
    """By value, with nothing else unless it is named."""
    only = dict.fromkeys(party.request()) | {"client_id": party.application.client_id}
    return party.authorize(**{**only, "request": token, **beside})


def push(party: RelyingParty, token: str, **beside: str) -> Any:
    """To PAR, with nothing else unless it is named."""
    only = dict.fromkeys(party.request())
    return party.push(**{**only, "request": token, **beside})


@pytest.fixture(params=["by value", "pushed"])
def ways(request: Any) -> Any:
    """From an object and what stands beside it to the page where the browser ends."""

    def by_value(party: RelyingParty, token: str, **beside: str) -> Any:
        return send(party, token, **beside)

    def pushed(party: RelyingParty, token: str, **beside: str) -> Any:
        answer = push(party, token, **beside)
        assert answer.status_code == 201, answer.text
        return party.open(answer.json()["request_uri"])

    return {"by value": by_value, "pushed": pushed}[request.param]


@pytest.mark.spec("OIDF", "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
@pytest.mark.parametrize("alg", ["none", "None", "NONE"])
def test_an_unsigned_object_is_refused(party: RelyingParty, alg: str) -> None:
    token = jose_keys.forge(json.dumps({"alg": alg}), json.dumps(claims_of(party)), lambda message: b"")
    is_refused(party.authorize(request=token), "invalid_request_object", party.issuer)
    answer = push(party, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_object")


@pytest.mark.spec("OIDF", "oidcc-ensure-request-object-with-redirect-uri")
def test_the_answer_goes_where_the_object_says(party: RelyingParty, user: Any, ways: Any) -> None:
    page = ways(party, signed(party), redirect_uri="https://evil.example.com/")
    arrived = party.sign_in_and_allow(page, user)
    assert arrived.url.startswith(f"{CALLBACK}?")
    assert party.redeem(arrived.answer["code"]).status_code == 200


@fapi2("ensure-request-object-with-multiple-aud-succeeds")
def test_one_of_several_audiences_is_enough(party: RelyingParty, user: Any, ways: Any) -> None:
    page = ways(party, signed(party, aud=["https://other.example.com", party.issuer]))
    assert "code" in party.sign_in_and_allow(page, user).answer


@fapi2("ensure-different-nonce-inside-and-outside-request-object")
@fapi2("ensure-different-state-inside-and-outside-request-object")
def test_what_is_in_the_object_counts(party: RelyingParty, user: Any, ways: Any) -> None:
    page = ways(party, signed(party, state="inside", nonce="within"), state="outside", nonce="without")
    arrived = party.sign_in_and_allow(page, user)
    assert arrived.answer["state"] == "inside"
    assert said_in(party.id_token(arrived))["nonce"] == "within"


@fapi2("state-only-outside-request-object-not-used")
@fapi2("ensure-authorization-request-without-state-success")
def test_a_state_outside_alone_is_not_sent_back(party: RelyingParty, user: Any, ways: Any) -> None:
    arrived = party.sign_in_and_allow(ways(party, signed(party, state=None), state="outside"), user)
    assert set(arrived.answer) == {"code", "iss"}
    assert "s_hash" not in said_in(party.id_token(arrived))


@fapi2("par-authorization-request-containing-request_uri")
def test_an_object_names_no_other(party: RelyingParty) -> None:
    token = signed(party, request_uri="urn:ietf:params:oauth:request_uri:x")
    answer = push(party, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_object")
    is_refused(party.authorize(request=token), "invalid_request_object", party.issuer)


@fapi2("ensure-request-object-without-redirect-uri-fails")
def test_an_object_without_a_redirect_uri_is_refused(party: RelyingParty) -> None:
    answer = push(party, signed(party, redirect_uri=None), redirect_uri=CALLBACK)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.spec("RFC 9101", "9.2")
@pytest.mark.spec("JARM", "4")
def test_what_is_advertised_of_requests_and_answers_is_true(party: RelyingParty, user: Any) -> None:
    metadata = party.metadata()
    assert metadata["request_parameter_supported"] is True
    assert "none" not in metadata["request_object_signing_alg_values_supported"]
    page = send(party, signed(party, response_mode="jwt"))
    for mode in (mode for mode in metadata["response_modes_supported"] if mode.endswith("jwt")):
        arrived = party.sign_in_and_allow(
            page if mode == "jwt" else send(party, signed(party, response_mode=mode)), user
        )
        assert isinstance(arrived, Arrived)
        assert set(arrived.answer) == {"response"}
        claims = said_in(arrived.answer["response"])
        assert (claims["iss"], claims["aud"]) == (party.issuer, party.application.client_id)
        assert party.redeem(claims["code"]).status_code == 200
