"""Tokens as strings (RFC 9700 §4.10 asks for entropy, scanners for a prefix and a checksum)."""

import math
from collections import Counter

import pytest

from oauth_provider.protocol import token_string
from oauth_provider.protocol.token_string import (
    ACCESS_TOKEN,
    ALPHABET,
    CLIENT_SECRET,
    CODE,
    REFRESH_TOKEN,
    checksum,
    is_token,
    make_family,
    make_refresh_token,
    make_token,
    parse_refresh_token,
    random_text,
)
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "10.10")

PREFIXES = [CODE, ACCESS_TOKEN, CLIENT_SECRET]
FAMILY = "f" * 22


def signed(body: str) -> str:
    """``body`` with a correct checksum."""
    return body + checksum(body)


def of(family):
    """A refresh token of ``family``, always the same, so that every process collects the same tests."""
    return signed(f"ort_{family}_{'s' * 43}")


GOOD = signed(ACCESS_TOKEN + "aB3" * 14 + "z")


@each("prefix", PREFIXES)
def test_a_token_has_its_prefix_256_bits_and_its_checksum(prefix):
    token = make_token(prefix)
    assert is_token(token, prefix)
    assert len(token) == 4 + 43 + 6
    assert token_string.SECRET_LENGTH * math.log2(62) >= 256


def test_a_family_has_128_bits():
    assert len(make_family()) == 22
    assert token_string.FAMILY_LENGTH * math.log2(62) >= 128


def test_no_two_tokens_are_the_same():
    assert len({make_token(CODE) for _ in range(200)}) == 200


def test_every_character_of_the_alphabet_comes_up():
    assert set(random_text(5000)) == set(ALPHABET)


def test_every_character_is_as_likely_as_any_other(monkeypatch):
    """All bytes there are, each once: four of them stand for each character, and the rest for none."""
    monkeypatch.setattr("secrets.token_bytes", lambda length: bytes(range(256)))
    assert set(Counter(random_text(4 * len(ALPHABET))).values()) == {4}


@each("prefix", [other for other in (*PREFIXES, REFRESH_TOKEN) if other != ACCESS_TOKEN])
def test_a_token_of_another_kind_is_none_of_this_kind(prefix):
    assert not is_token(GOOD, prefix)
    assert not is_token(make_token(prefix), ACCESS_TOKEN)


@each(
    "token",
    [
        "", ACCESS_TOKEN, GOOD[:-1], GOOD + "a", GOOD[:-1] + ("a" if GOOD[-1] != "a" else "b"), " " + GOOD, GOOD + "\n",
        GOOD.upper(), GOOD[4:], "oat-" + GOOD[4:], GOOD[:10] + ("a" if GOOD[10] != "a" else "b") + GOOD[11:],
        signed(ACCESS_TOKEN + "é" * 43), signed(ACCESS_TOKEN + "٣" * 43), signed(ACCESS_TOKEN + "a" * 42),
        signed(ACCESS_TOKEN + "a" * 44), signed(ACCESS_TOKEN + "a" * 42 + "_"), signed(ACCESS_TOKEN + "\x00" * 43),
    ],
)  # fmt: skip
def test_a_broken_token_is_none(token):
    assert not is_token(token, ACCESS_TOKEN)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_every_refresh_token_of_a_family_names_it():
    tokens = {make_refresh_token(FAMILY) for _ in range(20)}
    assert len(tokens) == 20
    assert {parse_refresh_token(token).family for token in tokens} == {FAMILY}
    assert all(parse_refresh_token(token).token == token for token in tokens)


@pytest.mark.spec("RFC 9700", "4.14.2")
@each(
    "token",
    [
        "", "ort_", GOOD, of(FAMILY)[:-1], of(FAMILY) + "a", of("f" * 21),
        of("f" * 23), of("é" * 22), of("_" * 22),
        signed("ort_" + FAMILY + "a" * 44), signed(f"ort_{FAMILY}_{'a' * 42}"), signed(f"ort_{FAMILY}_{'a' * 42}\x00"),
        f"ort_{FAMILY}_{'a' * 49}", of(FAMILY).replace("ort_", "ORT_"), f" {of(FAMILY)}",
        signed("ort_" + "a" * 43), f"ort_{FAMILY}", f"ort_{FAMILY}_", "ort_" + "_" * 80,
    ],
)  # fmt: skip
def test_a_broken_refresh_token_names_no_family(token):
    assert parse_refresh_token(token) is None


@pytest.mark.parametrize(("text", "end"), [("", "000000"), ("oat_", checksum("oat_"))])
def test_a_checksum_is_six_characters_of_base62(text, end):
    assert checksum(text) == end
    assert len(end) == 6
    assert set(end) <= set(ALPHABET)


def test_a_token_that_names_our_prefix_and_fails_its_checksum_is_broken():
    access, refresh = token_string.make_token(ACCESS_TOKEN), "ort_" + "0" * 70
    assert token_string.is_broken(access[:-1] + ("0" if access[-1] != "0" else "1"))
    assert token_string.is_broken(ACCESS_TOKEN)
    assert token_string.is_broken(refresh)
    assert not token_string.is_broken(access)
    # Others may look as they like.
    for other in ("", "a.b.c", "oac_x", "x" * 43, "oat", "OAT_x"):
        assert not token_string.is_broken(other)


def test_bytes_that_stand_for_no_character_are_left_out(monkeypatch):
    """Kept, they would make the first characters of the alphabet likelier than the others."""
    monkeypatch.setattr("secrets.token_bytes", lambda length: bytes(range(256)))
    assert set(Counter(random_text(8 * len(ALPHABET))).values()) == {8}
