"""A18, header injection on access tokens (RFC 8725 §3.10): no key of the sender's choice."""

from typing import Any

import pytest

from tests.attacks.access_tokens.forging import EC, EVIL, Header, forge, is_refused
from tests.driver import Driver
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "4"), pytest.mark.spec("RFC 8725", "3.1")]


@pytest.mark.spec("RFC 8725", "3.10")
@each("name", ["jwk", "jku", "x5u", "x5c", "x5t"])
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
