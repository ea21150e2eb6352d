"""Conformance: request objects by value and pushed (RFC 9101, OpenID Connect Core §6), over a live server."""

import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests import jose_keys, ledger
from tests.client_keys import jwks
from tests.conformance.front_channel.relying_party import Arrived, RelyingParty, is_refused, said_in
from tests.conformance.modules import fapi2
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
    assert set(arrived.answer) == {"code", "session_state", "iss"}
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


def refused(party: RelyingParty, token: str) -> None:
    """``invalid_request_object``, by whichever way it comes, and nothing is kept of it."""
    with ledger.unchanged():
        answer = push(party, token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_object")
        is_refused(party.authorize(request=token), "invalid_request_object", party.issuer)


@fapi2("ensure-request-object-signature-algorithm-is-not-none")
def test_an_object_without_a_signature_is_refused(party: RelyingParty) -> None:
    header, claims, _signature = signed(party).split(".")
    refused(party, f"{header}.{claims}.")
    refused(party, jose_keys.forge('{"alg": "none"}', json.dumps(claims_of(party)), lambda message: b""))


@fapi2("ensure-request-object-with-invalid-signature-fails")
def test_a_broken_signature_is_refused(party: RelyingParty) -> None:
    message, _dot, signature = signed(party).rpartition(".")
    refused(party, f"{message}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}")


@fapi2("ensure-matching-key-in-authorization-request")
def test_another_clients_key_is_refused(party: RelyingParty) -> None:
    ApplicationFactory(policy={"jwks": jwks(jose_keys.key("ES256", 1))})
    other = ECKey.import_key(jose_keys.private_jwk("ES256", 1))
    for kid in (PRIVATE.kid, jose_keys.key("ES256", 1).kid):
        refused(party, str(jwt.encode({"alg": "ES256", "kid": kid}, claims_of(party), other)))


@fapi2("ensure-signed-request-object-with-RS256-fails")
def test_another_algorithm_than_was_registered_is_refused(issuer: str) -> None:
    keys = jwks(jose_keys.key("ES256"), jose_keys.key("RS256"))
    party = RelyingParty(issuer, ApplicationFactory(policy={"jwks": keys, "request_object_signing_alg": "ES256"}))
    key = RSAKey.import_key(jose_keys.private_jwk("RS256"))
    refused(party, str(jwt.encode({"alg": "RS256", "kid": jose_keys.key("RS256").kid}, claims_of(party), key)))
    assert push(party, signed(party)).status_code == 201


@fapi2("ensure-expired-request-object-fails")
def test_an_expired_object_is_refused(party: RelyingParty) -> None:
    refused(party, signed(party, exp=int(time.time()) - 60))


@fapi2("ensure-request-object-with-bad-aud-fails")
@pytest.mark.parametrize("aud", ["https://other.example.com", ["https://other.example.com"], None], ids=str)
def test_another_servers_object_is_refused(party: RelyingParty, aud: Any) -> None:
    refused(party, signed(party, aud=aud))


@fapi2("ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted")
def test_clocks_may_differ_by_8_seconds(party: RelyingParty) -> None:
    assert push(party, signed(party, nbf=int(time.time()) + 8)).status_code == 201
    refused(party, signed(party, nbf=int(time.time()) + 60))


@fapi2("ensure-unsigned-request-at-par-endpoint-fails")
def test_a_client_that_must_sign_cannot_push_bare_parameters(issuer: str) -> None:
    policy = {"jwks": jwks(jose_keys.key("ES256")), "require_signed_request_object": True}
    party = RelyingParty(issuer, ApplicationFactory(policy=policy))
    with ledger.unchanged():
        answer = party.push()
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert push(party, signed(party)).status_code == 201


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
