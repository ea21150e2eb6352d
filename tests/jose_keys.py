"""Keys for tests: one of each algorithm, made once for each process, and forged compact JWS."""

import base64
import json
from functools import cache
from typing import Any

from oauth_provider.protocol.jose import Key, generate_key, parse_jwk


@cache
def pair(alg: str, number: int = 0) -> tuple[Key, str]:
    """A key with its private JWK as JSON; another for each ``number``."""
    return generate_key(alg)


def key(alg: str, number: int = 0) -> Key:
    """The private key of ``pair``."""
    return pair(alg, number)[0]


def private_jwk(alg: str, number: int = 0) -> dict[str, Any]:
    """Its private JWK, which names its algorithm."""
    return {**json.loads(pair(alg, number)[1]), "alg": alg}


def public(alg: str, number: int = 0) -> Key:
    """Its public half alone."""
    return parse_jwk(key(alg, number).public_jwk, private=False)


def b64(data: bytes | str) -> str:
    """base64url without padding, by other code than ours."""
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forge(header: str, payload: str, signer: Any) -> str:
    """A compact JWS of these very texts; ``signer`` makes the signature of the message."""
    message = f"{b64(header)}.{b64(payload)}"
    return f"{message}.{b64(signer(message.encode()))}"
