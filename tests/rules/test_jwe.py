"""Compact JWE (RFC 7516, RFC 7518 §4 and §5): what may be encrypted to, and that others can open it."""

from typing import Any

import pytest
from jwcrypto.jwe import JWE

from oauth_provider.protocol.client_jwks import MAX_KEYS, check_jwks, read_encryption_text
from oauth_provider.protocol.errors import ServerError
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.jwe import (
    CONTENT_ENCRYPTION,
    KEY_MANAGEMENT,
    Envelope,
    encryption_keys,
    parse_encryption_key,
)
from tests import jose_keys
from tests.each import each
from tests.encryption import ALGS, KINDS, made, private, public

SIGNED = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"
# RFC 7748 §6.1 asks to look for the zero that such points yield.
LOW_ORDER = "A" * 43


def unsealed(token: str, kind: str) -> JWE:
    jwe = JWE()
    jwe.allowed_algs = [*KEY_MANAGEMENT, *CONTENT_ENCRYPTION]
    jwe.deserialize(token, made(kind))
    return jwe


@pytest.mark.spec("RFC 7518", "4.1")
@each("kind", KINDS)
@each("enc", CONTENT_ENCRYPTION)
def test_another_implementation_opens_what_was_encrypted_to_its_key(kind: str, enc: str) -> None:
    key = parse_encryption_key(public(kind))
    opened = unsealed(key.encrypt(SIGNED, enc, iss="https://auth.example.com"), kind)
    assert opened.payload.decode() == SIGNED
    header = {name: value for name, value in opened.jose_header.items() if name != "epk"}
    assert header == {
        "alg": ALGS[public(kind)["kty"]],
        "enc": enc,
        "cty": "JWT",
        "kid": f"{kind}-0",
        "iss": "https://auth.example.com",
    }


@pytest.mark.spec("RFC 7516", "5.1")
@each("kind", ["RSA", "P-256", "X25519"])
def test_no_two_are_alike_and_none_shows_what_is_inside(kind: str) -> None:
    key = parse_encryption_key(public(kind))
    first, second = (key.encrypt(SIGNED, "A256GCM") for _ in range(2))
    # Initialization vector, ciphertext and tag.
    assert not set(first.split(".")[2:]) & set(second.split(".")[2:])
    assert SIGNED.partition(".")[0] not in first
    if kind != "RSA":
        assert unsealed(first, kind).jose_header["epk"] != unsealed(second, kind).jose_header["epk"]
        assert set(unsealed(first, kind).jose_header["epk"]) <= {"kty", "crv", "x", "y"}


def test_a_key_without_kid_use_and_alg_is_named_by_nobody() -> None:
    key = parse_encryption_key(public("P-256", kid=None, use=None))
    assert "kid" not in unsealed(key.encrypt(SIGNED, "A128GCM"), "P-256").jose_header


@each("operations", [[], ["encrypt"], ["wrapKey"], ["deriveKey", "deriveBits"]])
def test_a_key_may_say_which_operations_it_is_for(operations: list[str]) -> None:
    assert parse_encryption_key(public("P-256", key_ops=operations)).alg == "ECDH-ES"


WRONG: list[Any] = [
    # a key that its client signs with
    public("RSA", use="sig"),
    public("P-256", use="sig"),
    public("RSA", use=None, alg="RS256"),
    public("RSA", alg="PS256"),
    public("P-256", alg="ES256"),
    public("P-256", use=None, key_ops=["verify"]),
    public("P-256", use=None, key_ops=["deriveKey", "sign"]),
    dict(jose_keys.public("ES256").public_jwk),
    dict(jose_keys.public("EdDSA").public_jwk) | {"use": "enc", "alg": None},
    {"kty": "OKP", "crv": "Ed25519", "x": made("X25519").export_public(as_dict=True)["x"]},
    # one that it has published the private half of
    private("RSA"),
    private("P-256"),
    private("X25519"),
    public("RSA", p="AQAB"),
    public("RSA", d=""),
    # a shared one
    {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "use": "enc", "alg": "dir"},
    {"kty": "oct", "use": "enc"},
    # for algorithms that are not offered
    public("RSA", alg="RSA1_5"),
    public("RSA", alg="RSA-OAEP"),
    public("P-256", alg="ECDH-ES+A128KW"),
    public("P-256", alg="RSA-OAEP-256"),
    public("RSA", alg="ECDH-ES"),
    public("RSA", alg=["RSA-OAEP-256"]),
    {"kty": "EC", "crv": "secp256k1", "x": "AQAB", "y": "AQAB"},
    {"kty": "OKP", "crv": "X448", "x": "A" * 75},
    # too weak, too strong, or no key at all
    public("RSA", n=made("RSA").export_public(as_dict=True)["n"][:100]),
    public("RSA", n="_" * 2000),
    public("RSA", n="_" * 5000),
    public("RSA", e="AQABAQABAQAB"),
    public("RSA", e="AQ"),
    public("RSA", e=""),
    public("RSA", n=None),
    public("RSA", n=65537),
    public("P-256", x=public("P-256")["y"]),
    public("P-256", crv="P-384"),
    public("P-256", y=None),
    public("P-256", x="\x00"),
    public("X25519", x=LOW_ORDER),
    public("X25519", x="AQAB"),
    public("P-256", kid=7),
    public("P-256", kty=["EC"]),
    public("P-256", crv={"a": 1}),
    public("P-256", use=["enc"]),
    public("P-256", key_ops="deriveKey"),
    public("P-256", key_ops=[["sign"], "sign"]),
    {},
]


@pytest.mark.spec("OIDC Core", "10.2")
@pytest.mark.spec("RFC 8725", "3.2")
@each("jwk", WRONG, ids=map(str, range(len(WRONG))))
def test_nothing_is_encrypted_to_any_other_key(jwk: dict[str, Any]) -> None:
    with pytest.raises(JoseError):
        parse_encryption_key(jwk)
    assert encryption_keys({"keys": [jwk]}) == ()


def test_of_several_keys_the_marked_ones_come_first_and_then_the_order_counts() -> None:
    unmarked, first, second = public("P-256", use=None), public("P-384"), public("P-256", 1)
    found = encryption_keys({"keys": [public("P-521", use="sig"), "x", unmarked, first, second]})
    assert [key.kid for key in found] == ["P-384-0", "P-256-1", "P-256-0"]


@each("document", [{}, {"keys": None}, {"keys": "x"}, {"keys": {"0": {}}}])
def test_what_is_no_set_has_no_keys(document: Any) -> None:
    with pytest.raises(JoseError):
        encryption_keys(document)


@each("text", ["", "[]", "null", '{"keys":[],"keys":[]}', '{"keys":5}', "x" * 40_000])
def test_a_text_that_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(JoseError):
        read_encryption_text(text)


def test_a_key_set_with_too_many_keys_is_refused() -> None:
    with pytest.raises(JoseError):
        read_encryption_text(str({"keys": [{}] * (MAX_KEYS + 1)}).replace("'", '"'))


@pytest.mark.spec("RFC 7591", "2")
@each("kind", ["RSA", "P-384", "X25519"])
def test_a_client_may_register_keys_for_encryption_alone(kind: str) -> None:
    check_jwks({"keys": [public(kind)]})


@each("jwk", [private("RSA"), public("RSA", d="AQAB"), {"kty": "oct", "use": "enc"}])
def test_a_client_may_not_register_private_keys(jwk: dict[str, Any]) -> None:
    with pytest.raises(JoseError):
        check_jwks({"keys": [public("P-256"), jwk]})


# -- envelopes -------------------------------------------------------------------------------------------------


def test_who_asked_for_no_encryption_gets_the_token_itself() -> None:
    Envelope().check()
    assert Envelope().close(SIGNED) == SIGNED


def test_where_something_is_wrong_nothing_leaves_in_the_clear() -> None:
    broken = Envelope(parse_encryption_key(public("RSA")), "A128GCM", ServerError("no"))
    for attempt in (
        broken.check,
        lambda: broken.close(SIGNED),
        lambda: Envelope(error=ServerError("no")).close(SIGNED),
    ):
        with pytest.raises(ServerError):
            attempt()


def test_an_unknown_content_encryption_is_an_error() -> None:
    with pytest.raises(JoseError):
        Envelope(parse_encryption_key(public("RSA")), "A192GCM").close(SIGNED)


def test_a_key_does_not_show_itself_in_reports() -> None:
    assert "object" not in repr(parse_encryption_key(public("RSA")))
