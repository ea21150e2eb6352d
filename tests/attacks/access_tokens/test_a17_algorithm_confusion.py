"""A17, algorithm confusion on access tokens (RFC 8725 §2.1, §3.1): no algorithm of the sender's choice."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from tests import jose_keys, ledger
from tests.attacks.access_tokens.forging import EC, ED, RSA, Header, claims_of, forge, is_refused
from tests.driver import Driver
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "4"), pytest.mark.spec("RFC 8725", "3.1")]


def mac(secret: bytes) -> Any:
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


def pem(key: Any) -> bytes:
    public: Any = key._public.public_key
    encoded: bytes = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


@each("alg", ["none", "None", "NONE", "nOnE", "", " none", "HS256", "RS1", "ES256K", "dir", "ES384"])
@each("kid", [EC.kid, None], ids=["our key", "no key"])
def test_an_algorithm_that_proves_nothing_is_refused_and_nothing_is_fetched(
    driver: Driver, tokens: dict[str, Any], fetched: list[str], alg: str, kid: str | None
) -> None:
    header = {"alg": alg, "kid": kid} if kid else {"alg": alg}
    is_refused(driver, forge(tokens, header))
    is_refused(driver, forge(tokens, header, EC.sign))
    assert fetched == []


@each("secret", ["pem", "json", "n", "empty"])
def test_a_public_key_is_no_shared_secret(driver: Driver, tokens: dict[str, Any], secret: str) -> None:
    secrets = {"pem": pem(RSA), "json": json.dumps(RSA.public_jwk).encode(), "n": RSA.public_jwk["n"].encode()}
    is_refused(driver, forge(tokens, {"alg": "HS256", "kid": RSA.kid}, mac(secrets.get(secret, b""))))


@each("claimed", ["RS256", "PS256", "EdDSA"])
def test_a_key_verifies_with_its_own_algorithm_alone(driver: Driver, tokens: dict[str, Any], claimed: str) -> None:
    is_refused(driver, forge(tokens, {"alg": claimed, "kid": EC.kid}, EC.sign))
    is_refused(driver, forge(tokens, {"alg": claimed}, EC.sign))


@each("signature", [b"", bytes(64), bytes(63) + b"\x01", bytes(256), b"\x30\x06\x02\x01\x01\x02\x01\x01"])
@each("key", [EC, RSA, ED], ids=["EC", "RSA", "OKP"])
def test_an_empty_signature_is_none(driver: Driver, tokens: dict[str, Any], key: Any, signature: bytes) -> None:
    is_refused(driver, forge(tokens, {"alg": key.alg, "kid": key.kid}, lambda message: signature))


@pytest.mark.spec("RFC 7515", "4.1.11")
@each(
    "more",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"b64": True},
        {"alg": ["ES256"]},
        {"alg": None},
        {"typ": ["at+jwt"]},
        {"typ": None},
        {"kid": None},
        {"kid": ["x"]},
        {"kid": {"a": 1}},
        {"kid": 1},
    ],
    ids=str,
)
def test_a_header_that_means_something_else_is_refused(driver: Driver, tokens: dict[str, Any], more: Header) -> None:
    is_refused(driver, forge(tokens, {"alg": "ES256", "kid": EC.kid, **more}, EC.sign))


@pytest.mark.spec("RFC 7515", "2")
def test_the_same_bytes_spelt_otherwise_are_another_token(driver: Driver, tokens: dict[str, Any]) -> None:
    header, claims, signature = jws.sign(claims_of(tokens), EC, typ=TYP).split(".")
    padded = signature + "=" * (-len(signature) % 4)
    raw = base64.urlsafe_b64decode(padded)
    last = chr(ord(signature[-1]) + 1)  # other trailing bits, the same bytes
    for spelt in (
        padded,
        f"{signature}==",
        f" {signature}",
        base64.b64encode(raw).decode(),
        signature[:-1] + last,
        jose_keys.b64(raw + b"\x00"),
        jose_keys.b64(raw[:-1]),
    ):
        if spelt != signature:
            is_refused(driver, f"{header}.{claims}.{spelt}")
    for control in ("\n", "\r\n", "\x00"):
        assert not ledger.is_good(f"{header}.{claims}.{signature}{control}")
        with pytest.raises(InvalidToken):
            conf.verifier(f"{header}.{claims}.{signature}{control}")
    is_refused(driver, f"{header}.{claims}.{signature}.")
    is_refused(driver, f"{header}.{claims}")
    is_refused(driver, f".{claims}.{signature}")
    is_refused(driver, f"{header}=.{claims}.{signature}")
    is_refused(driver, json.dumps({"protected": header, "payload": claims, "signature": signature}))


@pytest.mark.spec("RFC 7519", "4")
@each("name", ["sub", "aud", "exp", "scope", "client_id"])
def test_a_member_that_is_said_twice_is_refused(driver: Driver, tokens: dict[str, Any], name: str) -> None:
    claims = claims_of(tokens)
    twice = f'{{"{name}": {json.dumps(claims[name])}, {json.dumps(claims)[1:]}'
    header = json.dumps({"alg": "ES256", "kid": EC.kid, "typ": TYP})
    is_refused(driver, jose_keys.forge(header, twice, EC.sign))
    doubled = f'{{"alg": "ES256", {header[1:]}'
    is_refused(driver, jose_keys.forge(doubled, json.dumps(claims), EC.sign))


@each("text", ["", "[]", "7", "null", "[" * 20_000, '{"a":' * 5000, "{'a': 1}", '{"iss": NaN}', "\ufeff{}"])
def test_what_is_no_object_is_refused(driver: Driver, tokens: dict[str, Any], text: str) -> None:
    header = json.dumps({"alg": "ES256", "kid": EC.kid, "typ": TYP})
    is_refused(driver, jose_keys.forge(header, text, EC.sign))
    is_refused(driver, jose_keys.forge(text, json.dumps(claims_of(tokens)), EC.sign))
