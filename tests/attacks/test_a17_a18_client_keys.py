"""A17 and A18 on what clients sign: no algorithm of the sender's choice, no key of the sender's own (RFC 8725 §3)."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from oauth_provider.clients.keys import jwks_uri
from tests import jose_keys, ledger
from tests.client_keys import JWKS_URI, Publisher, claims_of, jwks, send, signed
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 8725", "3.1"), pytest.mark.spec("RFC 8725", "3.10")]

EC, RSA, ED, EVIL = (jose_keys.key(*made) for made in (("ES256",), ("RS256",), ("EdDSA",), ("ES256", 9)))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """The key set of the client, with a key of each kind."""
    publisher = Publisher(EC, RSA, ED)
    monkeypatch.setattr(jwks_uri, "fetch", publisher.fetch)
    return publisher


@pytest.fixture(params=["jwks", "jwks_uri"])
def driver(request: Any, web: Publisher) -> Driver:
    """A client that registered its keys, or where they are."""
    policy: dict[str, Any] = {"jwks": jwks(EC, RSA, ED), "jwks_uri": JWKS_URI}
    return signed_in(policy={request.param: policy[request.param]})


def forged(driver: Driver, header: dict[str, Any], signer: Any = lambda message: b"") -> str:
    return jose_keys.forge(json.dumps(header), json.dumps(claims_of(driver)), signer)


def mac(secret: bytes) -> Any:
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


def pem(key: Any) -> bytes:
    public: Any = key._public.public_key
    encoded: bytes = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def is_refused(driver: Driver, token: str) -> None:
    with ledger.unchanged():
        response = send(driver, token)
        assert query_of(response["Location"])["error"] == "invalid_request_object", response["Location"]
        ledger.refused(driver.push(request=token), "invalid_request_object")


def test_what_the_client_signed_is_taken(driver: Driver) -> None:
    for key in (EC, RSA, ED):
        assert send(driver, signed(driver, key))["Location"].startswith("/oauth/consent/")


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", " none", "HS256", "RS1", "ES256K", "dir"])
def test_an_algorithm_that_proves_nothing_is_refused_and_nothing_is_fetched(
    driver: Driver, web: Publisher, alg: str
) -> None:
    is_refused(driver, forged(driver, {"alg": alg, "kid": EC.kid}))
    assert web.asked == []


@each("secret", ["pem", "json", "n", "empty"])
def test_a_public_key_is_no_shared_secret(driver: Driver, secret: str) -> None:
    secrets = {"pem": pem(RSA), "json": json.dumps(RSA.public_jwk).encode(), "n": RSA.public_jwk["n"].encode()}
    is_refused(driver, forged(driver, {"alg": "HS256", "kid": RSA.kid}, mac(secrets.get(secret, b""))))


@each("claimed", ["RS256", "PS256", "EdDSA"])
def test_a_key_verifies_with_its_own_algorithm_alone(driver: Driver, claimed: str) -> None:
    is_refused(driver, forged(driver, {"alg": claimed, "kid": EC.kid}, EC.sign))


@each("signature", [b"", bytes(64), bytes(63) + b"\x01", bytes(256), b"\x30\x06\x02\x01\x01\x02\x01\x01"])
@each("key", [EC, RSA, ED], ids=["EC", "RSA", "OKP"])
def test_an_empty_signature_is_none(driver: Driver, key: Any, signature: bytes) -> None:
    is_refused(driver, forged(driver, {"alg": key.alg, "kid": key.kid}, lambda message: signature))


@each(
    "more",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"b64": True},
        {"alg": ["ES256"]},
        {"alg": None},
        {"kid": None},
        {"kid": ["x"]},
        {"kid": {"a": 1}},
        {"kid": 1},
    ],
    ids=str,
)
def test_a_header_that_means_something_else_is_refused(driver: Driver, more: dict[str, Any]) -> None:
    is_refused(driver, forged(driver, {"alg": "ES256", "kid": EC.kid, **more}, EC.sign))


@pytest.mark.parametrize(
    "kid", ["../../etc/passwd", "' OR 1=1 --", "https://evil.example/jwks", "k" * 10_000, "\x00", ""]
)
def test_a_kid_is_a_name_and_nothing_else(driver: Driver, web: Publisher, kid: str) -> None:
    is_refused(driver, forged(driver, {"alg": "ES256", "kid": kid}, EC.sign))
    assert set(web.asked) <= {JWKS_URI}


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_in_the_header_is_never_used_nor_fetched(driver: Driver, web: Publisher, name: str) -> None:
    values = {
        "jwk": dict(EVIL.public_jwk),
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/cert",
        "x5c": ["MIIB"],
    }
    for kid in (EC.kid, EVIL.kid):
        is_refused(driver, forged(driver, {"alg": "ES256", "kid": kid, name: values[name]}, EVIL.sign))
    assert set(web.asked) <= {JWKS_URI}


def test_another_clients_key_is_nobodys_here(driver: Driver) -> None:
    ApplicationFactory(policy={"jwks": jwks(EVIL)})
    is_refused(driver, signed(driver, EVIL))


@each("alg", ["ES256", "EdDSA"])
def test_a_client_that_named_an_algorithm_signs_with_no_other(driver: Driver, alg: str) -> None:
    policy = driver.application.oauth_policy
    policy.request_object_signing_alg = alg
    policy.save()
    keys = {"ES256": EC, "EdDSA": ED}
    for name, key in keys.items():
        if name == alg:
            assert send(driver, signed(driver, key))["Location"].startswith("/oauth/consent/")
        else:
            is_refused(driver, signed(driver, key))
