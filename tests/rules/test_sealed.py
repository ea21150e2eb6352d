"""Sealed answers (NIST SP 800-38D, RFC 5869): nothing opens one but its secret and its context."""

import base64

import pytest

from oauth_provider.protocol.sealed import seal, unseal
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9700", "4.14.2")

SECRET, CONTEXT = "ort_secret", "row 1"
SEALED = seal("the answer: é", secret=SECRET, context=CONTEXT)


def test_a_sealed_text_opens_with_its_secret_and_its_context():
    assert unseal(SEALED, secret=SECRET, context=CONTEXT) == "the answer: é"


def test_sealing_twice_does_not_give_the_same():
    assert seal("x", secret=SECRET, context=CONTEXT) != seal("x", secret=SECRET, context=CONTEXT)


@each(
    ("secret", "context"),
    [
        ("ort_secre", CONTEXT),
        ("", CONTEXT),
        (SECRET.upper(), CONTEXT),
        (SECRET, "row 2"),
        (SECRET, ""),
        (CONTEXT, SECRET),
    ],
)
def test_another_secret_or_context_opens_nothing(secret, context):
    assert unseal(SEALED, secret=secret, context=context) is None


TAMPERING = {
    "emptied": lambda sealed: "",
    "nonce alone": lambda sealed: base64.b64encode(base64.b64decode(sealed)[:12]).decode(),
    "shorter than a nonce": lambda sealed: "AAAA",
    "no base64": lambda sealed: "not base64!",
    "no ascii": lambda sealed: "é",
    "cut at the end": lambda sealed: sealed[:-4],
    "cut at the start": lambda sealed: sealed[4:],
    "longer": lambda sealed: sealed + "AAAA",
}


@each("tamper", TAMPERING.values(), ids=TAMPERING)
def test_what_was_tampered_with_opens_to_nothing_and_raises_nothing(tamper):
    assert unseal(tamper(SEALED), secret=SECRET, context=CONTEXT) is None


@each("place", range(0, len(base64.b64decode(SEALED)), 7))
def test_no_bit_can_be_flipped(place):
    raw = bytearray(base64.b64decode(SEALED))
    raw[place] ^= 1
    assert unseal(base64.b64encode(raw).decode(), secret=SECRET, context=CONTEXT) is None


def test_neither_text_nor_secret_shows():
    raw = base64.b64decode(SEALED)
    assert b"answer" not in raw
    assert SECRET.encode() not in raw


def test_a_sealed_text_has_one_spelling():
    sealed = seal("x", secret=SECRET, context=CONTEXT)
    assert unseal(sealed, secret=SECRET, context=CONTEXT) == "x"
    for other in (f"{sealed}\n", f" {sealed}", f"{sealed[:8]}!{sealed[8:]}", f"{sealed[:8]}-{sealed[8:]}"):
        assert unseal(other, secret=SECRET, context=CONTEXT) is None
