"""Compact JWS (RFC 7515, RFC 8725): what was signed by a key that we hold is believed, and nothing else."""

import hashlib
import hmac
import json

import pytest

from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, parse_jwk
from tests.each import each
from tests.jose_keys import b64, forge, key, pair, public

CLAIMS = {"iss": "https://auth.example.com", "sub": "é"}
ALL = tuple(ALGORITHMS)


def verify(token, *keys, algorithms=ALL, typ=""):
    return jws.verify(token, keys or (public("ES256"),), algorithms=algorithms, typ=typ)


def refused(token, *keys, **options):
    with pytest.raises(JoseError):
        verify(token, *keys, **options)


@pytest.mark.spec("RFC 7515", "5.2")
@each("alg", ALL)
def test_what_a_key_signed_is_verified_by_its_public_half(alg):
    token = jws.sign(CLAIMS, key(alg))
    found = verify(token, public(alg))
    assert found.claims == CLAIMS
    assert found.header == {"alg": alg, "kid": key(alg).kid, "typ": "JWT"}


@pytest.mark.spec("RFC 7515", "5.2")
@each("alg", ALL)
def test_another_key_verifies_nothing(alg):
    impostor = parse_jwk({**key(alg, 1).public_jwk, "kid": key(alg).kid})
    refused(jws.sign(CLAIMS, key(alg)), impostor)


@each("alg", ALL)
@each("part", [0, 1, 2])
def test_a_changed_part_is_refused(alg, part):
    parts = jws.sign(CLAIMS, key(alg)).split(".")
    other = jws.sign({"sub": "another"}, key(alg, 1)).split(".")
    parts[part] = other[part]
    refused(".".join(parts), public(alg))


# -- algorithms ------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8725", "2.1")
@each("alg", ["none", "None", "NONE", "nOnE", "", "none "])
@each("signature", ["", "AAAA"])
def test_unsigned_is_refused_however_it_is_spelt(alg, signature):
    header = json.dumps({"alg": alg, "kid": key("ES256").kid})
    refused(f"{b64(header)}.{b64(json.dumps(CLAIMS))}.{signature}", algorithms=(*ALL, alg))


@pytest.mark.spec("RFC 8725", "2.1")
@each("alg", ["RS256", "ES256", "PS256"])
def test_a_mac_keyed_with_a_public_key_is_refused(alg):
    made = public(alg)
    secrets = [json.dumps(made.public_jwk).encode(), made._public.as_pem(), made._public.as_der()]
    header = json.dumps({"alg": "HS256", "kid": made.kid})
    for secret in secrets:
        token = forge(header, json.dumps(CLAIMS), lambda message: hmac.digest(secret, message, hashlib.sha256))  # noqa: B023
        refused(token, made, algorithms=(*ALL, "HS256"))


@pytest.mark.spec("RFC 8725", "3.1")
@each(("signed", "claimed"), [("RS256", "PS256"), ("PS256", "RS256"), ("ES256", "EdDSA")])
def test_a_key_of_one_algorithm_serves_no_other(signed, claimed):
    token = forge(json.dumps({"alg": claimed, "kid": key(signed).kid}), json.dumps(CLAIMS), key(signed).sign)
    refused(token, public(signed))


@pytest.mark.spec("RFC 8725", "3.1")
def test_an_algorithm_that_the_caller_did_not_name_is_refused():
    refused(jws.sign(CLAIMS, key("ES256")), algorithms=("RS256",))


@each("alg", [None, 1, True, ["ES256"], {"ES256": 1}, "es256", "ES256\x00", "ES384", "HS256"])
def test_an_algorithm_must_be_one_of_ours_by_its_name(alg):
    refused(forge(json.dumps({"alg": alg}), json.dumps(CLAIMS), key("ES256").sign))


def test_a_header_without_an_algorithm_is_refused():
    refused(forge("{}", json.dumps(CLAIMS), key("ES256").sign))


# -- signatures ------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8725", "2.1")
@each(
    "signature",
    [
        b"",
        b"\x00" * 64,
        b"\x00" * 63 + b"\x01",
        b"\x01" + b"\x00" * 63,
        b"\x00" * 132,
        bytes.fromhex("3006020100020100"),
        bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551") * 2,
    ],
    ids=len,
)
def test_an_empty_or_impossible_ecdsa_signature_is_refused(signature):
    refused(forge(json.dumps({"alg": "ES256"}), json.dumps(CLAIMS), lambda message: signature))


@pytest.mark.spec("RFC 7518", "3.4")
@pytest.mark.parametrize("grown", [lambda made: made + b"\x00", lambda made: b"\x00" + made[:32] + b"\x00" + made[32:]])
def test_an_over_long_ecdsa_signature_is_refused(grown):
    made = key("ES256")
    refused(forge(json.dumps({"alg": "ES256"}), json.dumps(CLAIMS), lambda message: grown(made.sign(message))))


@each("alg", ["RS256", "PS256", "EdDSA"])
@each("change", [lambda made: made + b"\x00", lambda made: made[:-1], lambda made: b"\x00" + made])
def test_a_signature_of_another_length_is_refused(alg, change):
    refused(forge(json.dumps({"alg": alg}), json.dumps(CLAIMS), lambda m: change(key(alg).sign(m))), public(alg))


# -- headers ---------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 7515", "4.1.11")
@each("crit", [[], ["exp"], ["b64"], ["http://example.com/x"], "exp", None, [1], ["alg"]])
def test_a_token_with_crit_is_refused(crit):
    header = {"alg": "ES256", "crit": crit, "exp": 1, "http://example.com/x": 1}
    refused(forge(json.dumps(header), json.dumps(CLAIMS), key("ES256").sign))


@pytest.mark.spec("RFC 7797", "6")
@each("value", [False, True, None])
@each("crit", [{}, {"crit": ["b64"]}])
def test_an_unencoded_payload_is_refused(value, crit):
    refused(forge(json.dumps({"alg": "ES256", "b64": value, **crit}), json.dumps(CLAIMS), key("ES256").sign))


@pytest.mark.spec("RFC 8725", "3.10")
@pytest.mark.parametrize("with_kid", [True, False])
def test_a_key_that_a_token_brings_along_is_not_used(with_kid):
    attacker = key("ES256", 1)
    header = {
        "alg": "ES256",
        "jwk": dict(attacker.public_jwk),
        "jku": "https://evil.example.com/jwks",
        "x5u": "https://evil.example.com/cert",
        "x5c": ["AAAA"],
    } | ({"kid": key("ES256").kid} if with_kid else {})
    refused(forge(json.dumps(header), json.dumps(CLAIMS), attacker.sign))


@pytest.mark.spec("RFC 8725", "3.10")
@each("kid", ["../../dev/null", "' OR 1=1 --", "https://evil.example.com/jwks", "x" * 10_000, "", "é"])
def test_a_kid_that_nobody_has_is_an_unknown_key(kid):
    with pytest.raises(jws.UnknownKey):
        verify(forge(json.dumps({"alg": "ES256", "kid": kid}), json.dumps(CLAIMS), key("ES256").sign))


@each("kid", [1, None, True, ["a"], {"a": 1}])
def test_a_kid_must_be_a_text(kid):
    refused(forge(json.dumps({"alg": "ES256", "kid": kid}), json.dumps(CLAIMS), key("ES256").sign))


def test_without_a_kid_every_key_of_the_algorithm_is_tried():
    token = forge(json.dumps({"alg": "ES256"}), json.dumps(CLAIMS), key("ES256", 1).sign)
    assert verify(token, public("RS256"), public("ES256"), public("ES256", 1)).claims == CLAIMS


@pytest.mark.spec("RFC 8725", "3.11")
@each(("typ", "good"), [("logout+jwt", True), ("application/LOGOUT+JWT", True), ("JWT", False)])
def test_a_type_that_is_asked_for_must_be_there(typ, good):
    token = jws.sign(CLAIMS, key("ES256"), typ=typ)
    if good:
        assert verify(token, typ="logout+jwt")
    else:
        refused(token, typ="logout+jwt")


# -- encoding --------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 7515", "2")
@each("part", [0, 1, 2])
@each("change", ["{}=", "{}==", " {}", "{} ", "{}\n", "{}\x00", "+{}", "/{}", "{}A", "é{}", "{}%", "{}~"])
def test_a_second_base64url_encoding_is_refused(part, change):
    parts = jws.sign(CLAIMS, key("ES256")).split(".")
    parts[part] = change.format(parts[part])
    refused(".".join(parts))


@pytest.mark.spec("RFC 7515", "2")
def test_bits_that_nobody_reads_must_be_zero():
    token = jws.sign(CLAIMS, key("ES256"))  # 64 bytes leave four of them
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    refused(token[:-1] + last[last.index(token[-1]) + 1])


@pytest.mark.spec("RFC 7515", "7.2")
def test_the_json_serialization_is_refused():
    protected, payload, signature = jws.sign(CLAIMS, key("ES256")).split(".")
    flat = {"protected": protected, "payload": payload, "signature": signature}
    refused(json.dumps(flat))
    refused(json.dumps({"payload": payload, "signatures": [flat]}))


@each("token", ["", ".", "..", "...", "a.b", "a.b.c.d.e", "x" * 70_000, "." * 70_000])
def test_what_is_no_token_is_refused(token):
    refused(token)


@each("token", [None, 1, b"a.b.c", ["a.b.c"]])
def test_only_text_is_a_token(token):
    refused(token)


@pytest.mark.spec("RFC 8725", "2.6")
@each(
    ("header", "payload"),
    [
        ('{"alg":"ES256","alg":"ES256"}', "{}"),
        ('{"alg":"none","alg":"ES256"}', "{}"),
        ('{"alg":"ES256"}', '{"sub":"a","sub":"b"}'),
        ('{"alg":"ES256"}', '{"a":{"b":1,"b":2}}'),
        ('{"alg":"ES256"}', "[]"),
        ('{"alg":"ES256"}', '"text"'),
        ('{"alg":"ES256"}', "1"),
        ('{"alg":"ES256"}', ""),
        ('{"alg":"ES256"}', '{"exp":NaN}'),
        ('{"alg":"ES256"}', '{"exp":Infinity}'),
        ('{"alg":"ES256"}', '{"exp":1e400}'),
        ('{"alg":"ES256"}', '{"exp":' + "9" * 5000 + "}"),
        ('{"alg":"ES256"}', '{"a":' + "[" * 5000 + "]" * 5000 + "}"),
        ('["ES256"]', "{}"),
        ('\ufeff{"alg":"ES256"}', "{}"),
        ("", "{}"),
    ],
    ids=lambda text: text[:30],
)
def test_json_must_mean_one_thing(header, payload):
    refused(forge(header, payload, key("ES256").sign))


@each("encoding", ["utf-16", "utf-32", "latin-1"])
def test_json_is_utf_8(encoding):
    message = b64(b'{"alg":"ES256"}') + "." + b64('{"sub":"\u00e9"}'.encode(encoding))
    refused(f"{message}.{b64(key('ES256').sign(message.encode()))}")


def test_the_private_key_is_in_no_representation():
    made, private = pair("RS256")
    assert json.loads(private)["d"] not in repr(made) + str(made.public_jwk)
