"""A16 to A18 on JWT access tokens: no token of another kind, no algorithm or key of the sender's choice (RFC 8725 §3).

Each forgery is shown to the provider itself, at every door, and to an API elsewhere that has nothing but its keys.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from django.test import Client as Browser

from oauth_provider.fetch import Fetched
from oauth_provider.models import Authorization, Resource
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf, forget_verifiers
from oauth_provider.resource_server.verifiers import jwks
from oauth_provider.tokens.id_token import read_id_token
from tests import jose_keys, ledger
from tests.driver import USERINFO, Driver, post, query_of, signed_in
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "4"), pytest.mark.spec("RFC 8725", "3.1")]

ISSUER, NOTES = "https://auth.example.com", "https://api.example.com/notes"
EC, RSA, ED, EVIL = (jose_keys.key(*made) for made in (("ES256",), ("RS256",), ("EdDSA",), ("ES256", 9)))
Header = dict[str, Any]


@pytest.fixture(autouse=True)
def fetched(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An API elsewhere, to which the provider publishes its metadata and keys: all that is ever fetched."""
    asked: list[str] = []

    def fetch(url: str, *args: Any, **kwargs: Any) -> Fetched:
        asked.append(url)
        assert url.startswith(f"{ISSUER}/"), url
        answer = Browser().get(url.removeprefix(ISSUER))
        return Fetched(answer.status_code, {}, answer.content)

    monkeypatch.setattr(jwks, "fetch", fetch)
    settings.OAUTH_RESOURCE_SERVER = {
        "VERIFIER": "oauth_provider.resource_server.verifiers.JWTVerifier",
        "AUTHORIZATION_SERVERS": [ISSUER],
        "RESOURCE": NOTES,
    }
    forget_verifiers()
    yield asked
    forget_verifiers()


@pytest.fixture
def driver() -> Driver:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="jwt")
    policy = {"access_token_format": "jwt", "may_introspect": True, "grant_types": ["authorization_code"]}
    driver = signed_in(policy=policy)
    driver.scope = "openid notes:read"
    return driver


@pytest.fixture
def tokens(driver: Driver) -> dict[str, Any]:
    """For here and for the API: what a forger has in his hands."""
    tokens = driver.tokens()
    Authorization.objects.update(resources=[])
    return tokens


def claims_of(tokens: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Claims that are right in every respect, here and at the API; a change to None leaves one out."""
    claims = {**jws.parse(tokens["access_token"]).claims, "aud": [ISSUER, NOTES], **changes}
    return {name: value for name, value in claims.items() if value is not None}


def forge(tokens: dict[str, Any], header: Header, signer: Any = lambda message: b"", **changes: Any) -> str:
    return jose_keys.forge(json.dumps({"typ": TYP, **header}), json.dumps(claims_of(tokens, **changes)), signer)


def is_refused(driver: Driver, token: str) -> None:
    """At every door, and nothing comes of it."""
    with ledger.unchanged():
        assert not ledger.is_good(token)
        assert driver.introspect(token).json() == {"active": False}
        assert driver.revoke(token).status_code == 200
        with pytest.raises(InvalidToken):
            conf.verifier(token)
        if token.isascii() and token.isprintable() and len(token) < 8000:
            answer = Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code in (400, 401), answer.content


def mac(secret: bytes) -> Any:
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


def pem(key: Any) -> bytes:
    public: Any = key._public.public_key
    encoded: bytes = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def test_the_genuine_token_is_good_at_every_door(driver: Driver, tokens: dict[str, Any]) -> None:
    """Or all that follows would prove nothing."""
    token = jws.sign(claims_of(tokens), EC, typ=TYP)
    assert ledger.is_good(token)
    assert ledger.is_good(tokens["access_token"])
    assert driver.introspect(token).json()["active"] is True
    assert conf.verifier(token).authorization_id == str(Authorization.objects.get().public_id)
    assert Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert jws.parse(forge(tokens, {"alg": "ES256", "kid": EC.kid}, EC.sign)).claims == claims_of(tokens)


# -- A16: token substitution ---------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8725", "3.11")
@pytest.mark.parametrize("typ", ["JWT", "logout+jwt", "oauth-authz-req+jwt", "dpop+jwt", "", "at+jws", "at jwt"])
def test_a_jwt_of_another_kind_is_no_access_token(driver: Driver, tokens: dict[str, Any], typ: str) -> None:
    is_refused(driver, jws.sign(claims_of(tokens), EC, typ=typ))


@pytest.mark.spec("RFC 8725", "3.11")
def test_what_else_this_server_gives_out_is_none_either(driver: Driver, tokens: dict[str, Any]) -> None:
    is_refused(driver, tokens["id_token"])
    is_refused(driver, driver.code())
    is_refused(driver, driver.application.secret)
    location = driver.authorize(response_mode="query.jwt")["Location"]
    is_refused(driver, query_of(location)["response"])
    with pytest.raises(InvalidToken):
        conf.verifier(tokens["access_token"])  # which is for this server alone


@pytest.mark.spec("RFC 8725", "3.11")
def test_an_access_token_is_no_id_token_hint_and_no_assertion(driver: Driver, tokens: dict[str, Any]) -> None:
    for token in (tokens["access_token"], jws.sign(claims_of(tokens, aud=driver.application.client_id), EC, typ=TYP)):
        assert read_id_token(token, issuer=ISSUER) is None
        form = {
            "grant_type": "client_credentials",
            "client_assertion": token,
            "client_id": driver.application.client_id,
        }
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        ledger.refused(post(driver.browser, "/oauth/token", form), "invalid_client", 401)


@pytest.mark.spec("RFC 8725", "3.8")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": "HTTPS://AUTH.EXAMPLE.COM"},
        {"iss": None},
        {"iss": [ISSUER]},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": 1e300},
        {"iat": 9_000_000_000},
        {"nbf": 9_000_000_000},
        {"jti": None},
        {"client_id": None},
        {"client_id": {"a": 1}},
        {"sub": None},
        {"sub": ["7"]},
        {"scope": ["notes:read"]},
        {"aud": []},
        {"aud": {"a": NOTES}},
        {"auth_time": "now"},
        {"amr": "pwd"},
        {"acr": 7},
        {"cnf": "x"},
        {"act": []},
        {"authorization_id": 7},
        {"scope": "notes:read\x00"},
    ],
    ids=str,
)
def test_signed_by_our_own_key_it_still_says_what_it_must(
    driver: Driver, tokens: dict[str, Any], changes: dict[str, Any]
) -> None:
    is_refused(driver, forge(tokens, {"alg": "ES256", "kid": EC.kid}, EC.sign, **changes))


@pytest.mark.parametrize("authorization_id", ["x", str(uuid.UUID(int=7)), "' OR 1=1 --", "\ud800", "7" * 5000])
def test_a_sign_in_that_there_is_not_is_none_here(
    driver: Driver, tokens: dict[str, Any], authorization_id: str
) -> None:
    token = forge(tokens, {"alg": "ES256", "kid": EC.kid}, EC.sign, authorization_id=authorization_id)
    with ledger.unchanged():
        assert not ledger.is_good(token)
        assert driver.introspect(token).json() == {"active": False}
        assert driver.revoke(token).status_code == 200


@pytest.mark.spec("RFC 9068", "5")
def test_a_client_that_is_called_as_a_person_is_no_person(driver: Driver, tokens: dict[str, Any]) -> None:
    """Without a sign-in nobody signed in, whatever ``sub`` says."""
    user = Authorization.objects.get().user
    ApplicationFactory(client_id=str(user.pk))
    token = forge(
        tokens,
        {"alg": "ES256", "kid": EC.kid},
        EC.sign,
        authorization_id=None,
        client_id=str(user.pk),
        sub=str(user.pk),
        scope="notes:read",
    )
    assert conf.verifier(token).sub is None
    told = driver.introspect(token).json()
    assert told["active"] is True
    assert not {"sub", "username"} & set(told)


# -- A17: algorithm confusion --------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", " none", "HS256", "RS1", "ES256K", "dir", "ES384"])
@pytest.mark.parametrize("kid", [EC.kid, None], ids=["our key", "no key"])
def test_an_algorithm_that_proves_nothing_is_refused_and_nothing_is_fetched(
    driver: Driver, tokens: dict[str, Any], fetched: list[str], alg: str, kid: str | None
) -> None:
    header = {"alg": alg, "kid": kid} if kid else {"alg": alg}
    is_refused(driver, forge(tokens, header))
    is_refused(driver, forge(tokens, header, EC.sign))
    assert fetched == []


@pytest.mark.parametrize("secret", ["pem", "json", "n", "empty"])
def test_a_public_key_is_no_shared_secret(driver: Driver, tokens: dict[str, Any], secret: str) -> None:
    secrets = {"pem": pem(RSA), "json": json.dumps(RSA.public_jwk).encode(), "n": RSA.public_jwk["n"].encode()}
    is_refused(driver, forge(tokens, {"alg": "HS256", "kid": RSA.kid}, mac(secrets.get(secret, b""))))


@pytest.mark.parametrize("claimed", ["RS256", "PS256", "EdDSA"])
def test_a_key_verifies_with_its_own_algorithm_alone(driver: Driver, tokens: dict[str, Any], claimed: str) -> None:
    is_refused(driver, forge(tokens, {"alg": claimed, "kid": EC.kid}, EC.sign))
    is_refused(driver, forge(tokens, {"alg": claimed}, EC.sign))


@pytest.mark.parametrize(
    "signature", [b"", bytes(64), bytes(63) + b"\x01", bytes(256), b"\x30\x06\x02\x01\x01\x02\x01\x01"]
)
@pytest.mark.parametrize("key", [EC, RSA, ED], ids=["EC", "RSA", "OKP"])
def test_an_empty_signature_is_none(driver: Driver, tokens: dict[str, Any], key: Any, signature: bytes) -> None:
    is_refused(driver, forge(tokens, {"alg": key.alg, "kid": key.kid}, lambda message: signature))


@pytest.mark.spec("RFC 7515", "4.1.11")
@pytest.mark.parametrize(
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
@pytest.mark.parametrize("name", ["sub", "aud", "exp", "scope", "client_id"])
def test_a_member_that_is_said_twice_is_refused(driver: Driver, tokens: dict[str, Any], name: str) -> None:
    claims = claims_of(tokens)
    twice = f'{{"{name}": {json.dumps(claims[name])}, {json.dumps(claims)[1:]}'
    header = json.dumps({"alg": "ES256", "kid": EC.kid, "typ": TYP})
    is_refused(driver, jose_keys.forge(header, twice, EC.sign))
    doubled = f'{{"alg": "ES256", {header[1:]}'
    is_refused(driver, jose_keys.forge(doubled, json.dumps(claims), EC.sign))


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "null", "[" * 20_000, '{"a":' * 5000, "{'a': 1}", '{"iss": NaN}', "\ufeff{}"]
)
def test_what_is_no_object_is_refused(driver: Driver, tokens: dict[str, Any], text: str) -> None:
    header = json.dumps({"alg": "ES256", "kid": EC.kid, "typ": TYP})
    is_refused(driver, jose_keys.forge(header, text, EC.sign))
    is_refused(driver, jose_keys.forge(text, json.dumps(claims_of(tokens)), EC.sign))


# -- A18: header injection -----------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8725", "3.10")
@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "x5t"])
def test_a_key_in_the_header_is_never_used_nor_fetched(driver: Driver, tokens: dict[str, Any], name: str) -> None:
    values: Header = {
        "jwk": dict(EVIL.public_jwk),
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/cert",
        "x5c": ["MIIB"],
        "x5t": EVIL.kid,
    }
    for kid in (EC.kid, EVIL.kid):
        is_refused(driver, forge(tokens, {"alg": "ES256", "kid": kid, name: values[name]}, EVIL.sign))
    is_refused(driver, forge(tokens, {"alg": "ES256", name: values[name]}, EVIL.sign))


@pytest.mark.spec("RFC 8725", "3.10")
@pytest.mark.parametrize(
    "kid", ["../../etc/passwd", "' OR 1=1 --", "https://evil.example/jwks", "k" * 3000, "\x00", "", "\ud800"]
)
def test_a_kid_is_a_name_and_nothing_else(driver: Driver, tokens: dict[str, Any], fetched: list[str], kid: str) -> None:
    is_refused(driver, forge(tokens, {"alg": "ES256", "kid": kid}, EC.sign))
    assert len(fetched) <= 2  # metadata and keys, once


@pytest.mark.spec("RFC 8725", "3.10")
def test_a_key_that_a_client_registered_signs_no_access_token(driver: Driver, tokens: dict[str, Any]) -> None:
    policy = driver.application.oauth_policy
    policy.jwks = {"keys": [dict(EVIL.public_jwk)]}
    policy.save()
    is_refused(driver, forge(tokens, {"alg": "ES256", "kid": EVIL.kid}, EVIL.sign))
    is_refused(driver, forge(tokens, {"alg": "ES256"}, EVIL.sign))
