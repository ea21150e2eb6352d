"""Texts to begin with: some of every kind that the rules read, good and bad, and those that broke one of them."""

import json
import time

from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import encode
from tests.fuzz.arguments import KEYS, SEPARATOR

URLS = (
    "https://rp.example/cb?x=1",
    "http://127.0.0.1:8000/cb",
    "http://[::1]/cb",
    "http://localhost/callback",
    "com.example.app:/callback",
    "urn:example:resource",
    "https://user@[::ffff:1.2.3.4]:99999/%63b#f",
    "https://*.example.com:0443",
)
TEXTS = (
    "",
    "openid notes:read offline_access",
    "Bearer oat_abc.def-_~+/==",
    "Basic YTpi",
    "grant_type=refresh_token&resource=https%3A%2F%2Fa.example&resource=urn:a&scope=a+b",
    "mcp-protocol-version, x-requested-with",
    "code id_token token",
    "none login consent",
    "31536000",
    "query.jwt",
    "ort_" + "a" * 22 + "_" + "b" * 49,
)
JSON = (
    '[{"type":"payment","actions":["read",1,1.0,true],"locations":["https://a.example/"]}]',
    '{"userinfo":{"email":{"essential":true}},"id_token":{"acr":{"values":["1"]},"sub":{"value":7}}}',
    '{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"1"},{"kty":"RSA","n":"AQAB","e":"AQAB"}]}',
    '{"iss":"https://a.example","kind":"token","id":"x","exp":1,"before":0}',
    '{"type":"t","rows":[{"a":1},[],"a",1e400],"sum":0.1,"when":"2026-02-30"}',
    '{"a":{"b":[{"c":[[[[]]]]}]},"\\ud800":1}',
)
# Inputs that once made a rule raise what it may not, or answer against another: the rule, and its texts.
FOUND: tuple[tuple[str, str], ...] = (
    ("origin.origin_of", "https://[::1"),
    ("origin.origin_of", "https://a.example:port"),
    ("origin.origin_of", "https://a.example:99999"),
    ("redirect_uri.is_plain_http", "http://[bad]/"),
    ("redirect_uri.destination", "https://]"),
    ("frontchannel_logout.origin", "https://[::1"),
    ("frontchannel_logout.is_frame_uri", f"https://a.example{SEPARATOR}https://[ http://]"),
    ("issuer.issuer_path", "https://["),
    ("issuer.well_known_url", f"https://[{SEPARATOR}x"),
    ("session_state.session_state_of", f"a{SEPARATOR}https://[{SEPARATOR}b{SEPARATOR}c"),
    ("pkce.s256", "\udc80"),
    ("response_mode.as_query", f"https://a.example/{SEPARATOR}state{SEPARATOR}\udc80"),
    ("sealed.seal", f"\udc80{SEPARATOR}\udc80{SEPARATOR}\udc80"),
    ("token_string.checksum", "\udc80"),
    ("subject.pairwise_subject", f"\udc80{SEPARATOR}\udc80{SEPARATOR}\udc80"),
    ("jose.left_half_hash", "\u00e9"),
    ("jws.sign", '{"sub":"\\ud800"}'),
)


def texts() -> tuple[str, ...]:
    """All of them, the tokens signed anew."""
    now = int(time.time())
    claims = {"iss": "i", "sub": "s", "aud": "a", "client_id": "c", "exp": now + 60, "iat": now, "jti": "j"}
    tokens = [jws.sign(claims, key, typ=typ) for key in KEYS[:2] for typ in ("at+jwt", "JWT", "oauth-authz-req+jwt")]
    tokens.append(".".join(map(encode, (b'{"alg":"none"}', b"[]", b""))))
    keys = [json.dumps({"keys": [dict(key.public_jwk)]}) for key in KEYS]
    return (*TEXTS, *URLS, *JSON, *tokens, *keys, *(json.dumps(dict(key.public_jwk)) for key in KEYS))


def written(text: str) -> bytes:
    """``text`` as bytes that ``Source`` reads back."""
    return text.encode("utf-8", "surrogateescape")
