"""Digests of machine-made secrets (RFC 9700 §4.10): fixed length, of every string, and told apart safely."""

import hashlib

import pytest

from oauth_provider.protocol.digest import LENGTH, digest, equal
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "10.10")


@each("text", ["", "a", "é", "\x00", "\ud800", "a" * 100_000])
def test_a_digest_is_sha_256_in_64_hexadecimal_characters(text):
    assert digest(text) == hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    assert len(digest(text)) == LENGTH == 64


@each(("one", "other"), [("a", "a"), ("", ""), ("é", "é"), ("\ud800", "\ud800")])
def test_equal_strings_are_equal(one, other):
    assert equal(one, other)


@each(
    ("one", "other"),
    [("a", "b"), ("a", ""), ("", "a"), ("a", "aa"), ("a", "A"), ("é", "e\u0301"), ("\ud800", "\ud801"), ("a", "a\x00")],
)
def test_anything_else_is_not(one, other):
    assert not equal(one, other)
