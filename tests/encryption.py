"""Keys that clients are written to, and the clients that open what they get: by jwcrypto, which is none of ours."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from oauth_provider.fetch import Fetched
from oauth_provider.tokens.key_ring import key_ring

KINDS: dict[str, dict[str, Any]] = {
    "RSA": {"kty": "RSA", "size": 2048},
    "RSA-4096": {"kty": "RSA", "size": 4096},
    "P-256": {"kty": "EC", "crv": "P-256"},
    "P-384": {"kty": "EC", "crv": "P-384"},
    "P-521": {"kty": "EC", "crv": "P-521"},
    "X25519": {"kty": "OKP", "crv": "X25519"},
}
ALGS = {"RSA": "RSA-OAEP-256", "EC": "ECDH-ES", "OKP": "ECDH-ES"}


@dataclass(frozen=True)
class Opened:
    """A nested JWT (RFC 7519 §5.2): what stood outside, and the token within, proven by our published keys."""

    header: dict[str, Any]
    inner: str
    inner_header: dict[str, Any]
    claims: dict[str, Any]


def made(kind: str, number: int = 0) -> JWK:
    """A key of this kind, made once for each process; another for each ``number``."""
    return _made(kind, number)


@cache
def _made(kind: str, number: int) -> JWK:
    return JWK.generate(**KINDS[kind])


def public(kind: str, number: int = 0, **members: Any) -> dict[str, Any]:
    """Its public JWK as its client publishes it, for encryption; a member that is None is left out."""
    jwk = made(kind, number).export_public(as_dict=True) | {"kid": f"{kind}-{number}", "use": "enc"} | members
    return {name: value for name, value in jwk.items() if value is not None}


def private(kind: str, number: int = 0, **members: Any) -> dict[str, Any]:
    """The same with its private half, as no client should publish it."""
    return {**made(kind, number).export_private(as_dict=True), **public(kind, number), **members}


def policy(*keys: dict[str, Any], alg: str = "", **columns: Any) -> dict[str, Any]:
    """The policy of a client that registered ``keys`` and wants its ID tokens encrypted to the first of them."""
    chosen = alg or ALGS[keys[0]["kty"]]
    return {"jwks": {"keys": list(keys)}, "id_token_encrypted_response_alg": chosen, **columns}


def opened(token: str, kind: str, number: int = 0) -> Opened:
    """What the client of this key makes of ``token``. Raises whatever jwcrypto does."""
    jwe_algorithms = ["RSA-OAEP-256", "ECDH-ES", "A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]
    outer = JWT(jwt=token, key=made(kind, number), algs=jwe_algorithms, expected_type="JWE")
    jwks = {"keys": [dict(key.public_jwk) for key in key_ring().published]}
    header = json.loads(outer.header)
    inner = str(outer.claims)
    by = next(jwk for jwk in jwks["keys"] if jwk["kid"] == _header_of(inner)["kid"])
    proven = JWT(jwt=inner, key=JWK(**by), algs=[by["alg"]], expected_type="JWS")
    return Opened(header, inner, json.loads(proven.header), json.loads(proven.claims))


def answering(*keys: dict[str, Any]) -> Fetched:
    """What a ``jwks_uri`` with ``keys`` answers."""
    return Fetched(200, {}, json.dumps({"keys": list(keys)}).encode())


def _header_of(token: str) -> dict[str, Any]:
    unproven = JWT()
    unproven.deserialize(token)
    header: dict[str, Any] = unproven.token.jose_header
    return header
