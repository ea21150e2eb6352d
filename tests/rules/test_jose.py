"""Keys (RFC 7517, RFC 7518 §6, RFC 7638): which are taken, for which algorithm, and what of them is shown."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, OctKey, OKPKey

from oauth_provider.protocol import jose
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, parse_jwk, parse_jwks, parse_pem
from tests.each import each
from tests.jose_keys import b64, key, pair, private_jwk

ALL = tuple(ALGORITHMS)


def small_rsa():
    numbers = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    return {"kty": "RSA", "n": b64(numbers.n.to_bytes(128, "big")), "e": "AQAB"}


def pem_of(made):
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.spec("RFC 7638", "3.1")
def test_a_kid_is_the_thumbprint_of_the_rfcs_own_example():
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
        "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
        "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    assert parse_jwk({"kty": "RSA", "n": n, "e": "AQAB"}).kid == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@each("alg", ALL)
def test_a_new_key_can_be_kept_and_read_again(alg):
    made, private = pair(alg)
    again = parse_jwk(json.loads(private), alg=alg, private=True)
    assert again == made
    assert again.can_sign
    assert made.verifies(b"message", again.sign(b"message"))


@pytest.mark.spec("RFC 7517", "9.2")
@each("alg", ALL)
def test_what_is_shown_holds_nothing_private(alg):
    shown = key(alg).public_jwk
    assert not jose.PRIVATE_MEMBERS & set(shown)
    assert (shown["alg"], shown["use"], shown["kid"]) == (alg, "sig", key(alg).kid)


def test_no_new_keys_kid_passes_for_an_option_of_a_command():
    assert not any(jose.generate_key("EdDSA")[0].kid.startswith("-") for _ in range(500))


@each("alg", ALL)
def test_a_public_key_cannot_sign(alg):
    public = parse_jwk(key(alg).public_jwk)
    assert not public.can_sign
    with pytest.raises(JoseError):
        public.sign(b"message")


@each("alg", ALL)
def test_a_private_key_is_refused_where_a_public_one_is_due_and_the_other_way_round(alg):
    with pytest.raises(JoseError):
        parse_jwk(private_jwk(alg), private=False)
    with pytest.raises(JoseError):
        parse_jwk(key(alg).public_jwk, private=True)


@pytest.mark.spec("RFC 8725", "3.1")
@each("asked", ALL)
@each("alg", ALL)
def test_a_key_serves_the_algorithm_that_it_names_and_no_other(alg, asked):
    if alg == asked:
        assert parse_jwk(key(alg).public_jwk, alg=asked).alg == alg
    else:
        with pytest.raises(JoseError):
            parse_jwk(key(alg).public_jwk, alg=asked)


@each(
    "jwk",
    [
        {},
        {"kty": None},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA"},
        {"kty": "RSA", "n": 1, "e": "AQAB"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 5000, "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "nonsense", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": ["RSA"], "n": "AA", "e": "AQAB"},
    ],
    ids=str,
)
def test_what_is_no_key_is_refused(jwk):
    with pytest.raises(JoseError):
        parse_jwk(jwk)


@each(
    "change",
    [
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"key_ops": 1},
        {"kid": 1},
        {"kid": ["a"]},
        {"alg": "HS256"},
        {"alg": "none"},
        {"alg": "RSA-OAEP-256"},
        {"alg": 1},
        {"alg": ["RS256"]},
        {"e": "A" * 100 + "AQAB"},
        {"n": "=" * 342},
        {"n": "A" * 342 + "="},
        {"x": 1},
    ],
    ids=str,
)
def test_a_key_for_something_else_is_refused(change):
    with pytest.raises(JoseError):
        parse_jwk({**key("RS256").public_jwk, **change})


@pytest.mark.spec("RFC 7518", "3.3")
def test_a_short_rsa_key_is_refused():
    with pytest.raises(JoseError, match="1024"):
        parse_jwk(small_rsa())


@each("crv", ["P-384", "P-521", "secp256k1"])
def test_a_key_on_another_curve_is_refused(crv):
    with pytest.raises(JoseError):
        parse_jwk(ECKey.generate_key(crv).as_dict(private=False))


@pytest.mark.parametrize("crv", ["Ed448", "X25519"])
def test_an_octet_key_of_another_kind_is_refused(crv):
    with pytest.raises(JoseError):
        parse_jwk(OKPKey.generate_key(crv).as_dict(private=False))


def test_pem_is_read_and_fits_the_first_algorithm_of_its_kind():
    elliptic, modular = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    assert [parse_pem(pem_of(made)).alg for made in (elliptic, modular)] == ["ES256", "RS256"]
    assert parse_pem(pem_of(elliptic)).can_sign


@each("pem", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_broken_pem_is_refused(pem):
    with pytest.raises(JoseError):
        parse_pem(pem)


@pytest.mark.spec("RFC 7517", "5")
def test_keys_of_a_set_that_are_of_no_use_here_are_passed_over():
    listed = [
        dict(key("ES256").public_jwk),
        OctKey.generate_key(256).as_dict(),
        small_rsa(),
        {},
        1,
        private_jwk("EdDSA"),
    ]
    assert [one.kid for one in parse_jwks({"keys": listed})] == [key("ES256").kid]


@each("document", [{}, {"keys": None}, {"keys": {}}, {"keys": [{}] * 65}], ids=str)
def test_what_is_no_key_set_is_refused(document):
    with pytest.raises(JoseError):
        parse_jwks(document)


@pytest.mark.spec("OIDC Core", "3.1.3.6")
@pytest.mark.parametrize(
    ("alg", "expected"), [("RS256", "77QmUPtjPfzWtF2AnpK9RQ"), ("ES256", "77QmUPtjPfzWtF2AnpK9RQ")]
)
def test_a_left_half_hash_is_that_of_the_core_specifications_example(alg, expected):
    assert jose.left_half_hash(alg, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == expected


def test_the_left_half_for_eddsa_is_of_sha_512():
    assert len(jose.decode(jose.left_half_hash("EdDSA", "token"))) == 32


@pytest.mark.spec("RFC 7517", "4.4")
def test_a_key_of_a_set_that_names_no_algorithm_serves_each_that_it_fits():
    without = {name: value for name, value in key("PS256").public_jwk.items() if name != "alg"}
    assert [one.alg for one in parse_jwks({"keys": [without]})] == ["RS256", "PS256"]
    assert [one.alg for one in parse_jwks({"keys": [without | {"alg": "PS256"}]})] == ["PS256"]
    assert parse_jwks({"keys": [without | {"alg": 1}, without | {"alg": ["RS256"]}, without | {"alg": ""}]}) == ()


@pytest.mark.parametrize("alg", ["EdDSA"])
def test_what_is_shown_is_the_public_half_of_what_signs(alg):
    lying = {**private_jwk(alg), "x": key(alg, 1).public_jwk["x"]}
    made = parse_jwk(lying)
    assert made.public_jwk == key(alg).public_jwk


@pytest.mark.spec("RFC 7518", "6.3.1.1")
def test_a_modulus_has_one_form():
    n = jose.decode(key("RS256").public_jwk["n"])
    assert parse_jwk({**key("RS256").public_jwk, "n": b64(b"\x00" + n)}).public_jwk == key("RS256").public_jwk


@pytest.mark.spec("RFC 7515", "5.2")
def test_a_library_that_stumbles_over_a_signature_has_verified_nothing(monkeypatch):
    class Stumbling:
        def verify(self, *args):
            raise ValueError

    signed_by = key("ES256")
    signature = signed_by.sign(b"message")
    assert signed_by.verifies(b"message", signature) is True
    monkeypatch.setattr(jose, "_model", lambda alg: Stumbling())
    assert signed_by.verifies(b"message", signature) is False
