"""The algorithms that the metadata advertise, tried: one function for each value (RFC 8414 §2, RFC 9101 §10.5)."""

import time
import uuid
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import import_key

from oauth_provider.protocol.client_assertion import JWT_BEARER
from tests import encryption, jose_keys
from tests.conformance.front_channel.relying_party import RelyingParty
from tests.conformance.front_channel.tries import Try, change, each, known, proven, tokens_of, trying


@trying("userinfo_endpoint")
def userinfo(party: RelyingParty, url: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {tokens_of(party)['access_token']}"}
    answer = requests.get(url, headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


@each("id_token_signing_alg_values_supported")
def _id_token_alg(party: RelyingParty, value: str) -> None:
    change(party, id_token_signed_response_alg=value)
    assert proven(party, tokens_of(party)["id_token"], value)["aud"] == party.application.client_id


@each("id_token_encryption_alg_values_supported")
def _id_token_encryption_alg(party: RelyingParty, value: str) -> None:
    assert opened(party, value, "A128CBC-HS256").header["alg"] == value


@each("id_token_encryption_enc_values_supported")
def _id_token_enc(party: RelyingParty, value: str) -> None:
    assert opened(party, "RSA-OAEP-256", value).header["enc"] == value


def opened(party: RelyingParty, alg: str, enc: str) -> Any:
    kind = next(kind for kind in ("RSA", "P-256") if encryption.ALGS[encryption.public(kind)["kty"]] == alg)
    columns = encryption.policy(encryption.public(kind), id_token_encrypted_response_enc=enc)
    change(party, **columns)
    return encryption.opened(tokens_of(party)["id_token"], kind)


@each("userinfo_signing_alg_values_supported")
def _userinfo_alg(party: RelyingParty, value: str) -> None:
    change(party, userinfo_signed_response_alg=value)
    answer = userinfo(party, known(party)["userinfo_endpoint"])
    assert proven(party, answer.text, value)["aud"] == party.application.client_id


@each("authorization_signing_alg_values_supported")
def _jarm_alg(party: RelyingParty, value: str) -> None:
    change(party, authorization_signed_response_alg=value)
    assert proven(party, party.authorize(response_mode="jwt").answer["response"], value)["code"]


@each("request_object_signing_alg_values_supported")
def request_object_alg(party: RelyingParty, value: str) -> None:
    times = {"iss": party.application.client_id, "aud": party.issuer, "exp": int(time.time()) + 60}
    header = {"alg": value, "kid": jose_keys.key(value).kid, "typ": "oauth-authz-req+jwt"}
    claims = {**party.request(state="signed"), **times}
    token = jwt.encode(header, claims, import_key(jose_keys.private_jwk(value)), algorithms=[value])
    only = dict.fromkeys(party.request()) | {"client_id": party.application.client_id}
    assert party.authorize(**{**only, "request": token}).answer["state"] == "signed"


def asserted(client: Any, issuer: str, alg: str) -> dict[str, str]:
    """The parameters by which ``client`` authenticates with its key for ``alg`` (RFC 7523 §2.2)."""
    client_id, now = client.client_id, int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": issuer.rstrip("/"), "exp": now + 60, "jti": uuid.uuid4().hex}
    header = {"alg": alg, "kid": jose_keys.key(alg).kid, "typ": "client-authentication+jwt"}
    token = jwt.encode(header, claims, import_key(jose_keys.private_jwk(alg)), algorithms=[alg])
    return {"client_assertion_type": JWT_BEARER, "client_assertion": token}


def _signs_at(endpoint: str) -> Try:
    def every(party: RelyingParty, values: list[str]) -> None:
        for alg in values:
            form = {"token": "x", **asserted(party.application, party.issuer, alg)}
            answer = requests.post(known(party)[endpoint], data=form, timeout=10)
            told = answer.json().get("error") if answer.content else None
            assert told in (None, "invalid_request"), (endpoint, alg, answer.text)

    return every


for _endpoint in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
    trying(f"{_endpoint}_auth_signing_alg_values_supported")(_signs_at(_endpoint))
