"""PKCE (RFC 7636 §4): S256 alone, exact lengths, and nothing that looks like it."""

import base64
from datetime import date

import pytest

from oauth_provider.protocol import pkce
from oauth_provider.protocol.errors import InvalidGrant, InvalidRequest
from oauth_provider.protocol.pkce import check_code_challenge, check_code_verifier, check_nonce_binds, is_excused, s256
from tests.each import each

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.spec("RFC 7636", "B")
def test_the_example_of_the_rfc():
    assert s256(VERIFIER) == CHALLENGE
    check_code_challenge(CHALLENGE, "S256")
    check_code_verifier(VERIFIER, CHALLENGE)


@pytest.mark.spec("RFC 7636", "4.1")
@each("verifier", ["a" * 43, "a" * 128, "-._~" * 11])
def test_a_verifier_of_43_to_128_unreserved_characters_opens_its_challenge(verifier):
    check_code_verifier(verifier, s256(verifier))


@pytest.mark.spec("RFC 7636", "4.1")
@each(
    "verifier",
    ["", "a" * 42, "a" * 129, "a" * 42 + " ", "a" * 42 + "=", "a" * 42 + "+", "a" * 42 + "/", "a" * 43 + "\n", "é" * 43,
     "a" * 42 + "\x00", "a" * 42 + "\uff41"],
)  # fmt: skip
def test_a_verifier_that_is_none_is_invalid_grant_even_where_its_digest_is_right(verifier):
    with pytest.raises(InvalidGrant):
        check_code_verifier(verifier, s256(verifier))


@pytest.mark.spec("RFC 7636", "4.6")
@each("verifier", [CHALLENGE, VERIFIER[:-1] + "l", VERIFIER.lower(), VERIFIER + "a", "a" * 43])
def test_a_verifier_that_does_not_match_is_invalid_grant(verifier):
    with pytest.raises(InvalidGrant):
        check_code_verifier(verifier, CHALLENGE)


@pytest.mark.spec("RFC 7636", "4.6")
@each("challenge", ["", VERIFIER, CHALLENGE + "=", CHALLENGE.lower()])
def test_no_verifier_opens_what_was_never_a_challenge(challenge):
    with pytest.raises(InvalidGrant):
        check_code_verifier(VERIFIER, challenge)


@pytest.mark.spec("RFC 9700", "2.1.1")
@each(
    ("challenge", "method"),
    [
        ("", ""),
        ("", "S256"),
        (CHALLENGE, ""),
        (CHALLENGE, "plain"),
        (VERIFIER, "plain"),
        (CHALLENGE, "s256"),
        (CHALLENGE, "S256 "),
        (CHALLENGE, "S512"),
        (CHALLENGE, "none"),
        (CHALLENGE[:-1], "S256"),
        (CHALLENGE + "A", "S256"),
        (CHALLENGE + "=", "S256"),
        (CHALLENGE[:-1] + "=", "S256"),
        (CHALLENGE[:-1] + "+", "S256"),
        (CHALLENGE[:-1] + "/", "S256"),
        (CHALLENGE[:-1] + "\n", "S256"),
        (CHALLENGE + "\n", "S256"),
        (CHALLENGE[:-1] + "é", "S256"),
        (base64.b16encode(b"a" * 32).decode(), "S256"),
    ],
)
def test_a_challenge_that_is_not_s256_is_invalid_request(challenge, method):
    with pytest.raises(InvalidRequest):
        check_code_challenge(challenge, method)


def test_s256_is_the_only_method_there_is():
    assert pkce.METHODS == ("S256",)


TODAY = date(2026, 3, 1)


@pytest.mark.spec("OAuth 2.1", "7.5.1")
@each(
    ("is_public", "until", "holds"),
    [
        (False, TODAY, True),
        (False, date(2026, 3, 2), True),
        (False, date(2026, 2, 28), False),
        (False, None, False),
        (True, TODAY, False),
        (True, None, False),
    ],
)
def test_an_excuse_is_for_a_confidential_client_and_has_an_end(is_public, until, holds):
    assert is_excused(is_public=is_public, until=until, today=TODAY) is holds


@pytest.mark.spec("OAuth 2.1", "7.5.1")
@each(("nonce", "scope"), [("", ["openid"]), ("n", []), ("n", ["notes:read"]), ("", [])])
def test_only_a_nonce_in_an_id_token_binds_in_its_place(nonce, scope):
    check_nonce_binds("n", ["openid", "notes:read"])
    with pytest.raises(InvalidRequest):
        check_nonce_binds(nonce, scope)
