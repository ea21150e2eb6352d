"""Key sets of clients (RFC 7591 §2, RFC 7517 §5): which may be registered."""

from typing import Any

import pytest

from oauth_provider.protocol.client_jwks import MAX_KEYS, check_jwks, read_text
from oauth_provider.protocol.jose import JoseError
from tests import jose_keys
from tests.each import each

pytestmark = pytest.mark.spec("RFC 7591", "2")

EC = dict(jose_keys.public("ES256").public_jwk)
RSA = dict(jose_keys.public("RS256").public_jwk)
PRIVATE = jose_keys.private_jwk("ES256", 1)


@each(
    "keys",
    [
        [EC],
        [EC, RSA],
        [{**EC, "kid": "a"}, {**EC, "kid": "b"}],
        [{name: value for name, value in EC.items() if name not in ("kid", "alg", "use")}],
        [EC, {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}],
        [EC, {"kty": "future"}],
    ],
)
def test_public_keys_are_taken_beside_those_that_nobody_knows(keys: list[Any]) -> None:
    check_jwks({"keys": keys})


@each(
    "document",
    [
        None,
        [],
        "x",
        5,
        True,
        {},
        {"keys": None},
        {"keys": {}},
        {"keys": []},
        {"keys": ["x"]},
        {"keys": [EC, None]},
        {"keys": [{}]},
        {"keys": [PRIVATE]},
        {"keys": [EC, PRIVATE]},
        {"keys": [EC, {"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": [EC, {"kty": "oct"}]},
        {"keys": [EC, EC]},
        {"keys": [EC, {**RSA, "kid": EC["kid"]}]},
        {"keys": [{**EC, "kid": 1}]},
        {"keys": [{**EC, "kid": None}]},
        {"keys": [{**EC, "kid": ["a"]}]},
        {"keys": [{**EC, "kid": "\x00"}]},
        {"keys": [{**EC, "kid": "\ud800"}]},
        {"keys": [{**EC, "use": "enc"}]},
        {"keys": [{**EC, "alg": "HS256"}]},
        {"keys": [{**EC, "x": EC["y"]}]},
        {"keys": [{**RSA, "n": "AQAB"}]},
        {"keys": [{**EC, "kid": str(number)} for number in range(MAX_KEYS + 1)]},
        {"keys": [EC], "padding": "x" * 40_000},
    ],
    ids=map(str, range(29)),
)
def test_anything_else_is_refused(document: Any) -> None:
    with pytest.raises(JoseError):
        check_jwks(document)


@each(
    "text",
    ["", "[]", "{", '{"keys":[],"keys":[]}', '{"keys":' + "[" * 99_999, "x" * 40_000, '{"keys":NaN}', '{"keys":5}'],
)
def test_a_text_that_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(JoseError):
        read_text(text)
