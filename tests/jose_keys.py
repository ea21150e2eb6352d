"""Keys for tests: one of each algorithm, made once for each process, and forged compact JWS."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from joserfc._rfc7518.rsa_key import RSABinding

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


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, a private RSA key is proven to be one once, which takes longer than most tests: checks ask often."""
    read = RSABinding.import_private_key
    known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def remember(members: Any) -> Any:
        name = tuple(sorted(members.items()))
        if name not in known:
            known[name] = read(members)
        return known[name]

    with patch.object(RSABinding, "import_private_key", remember):
        yield


def b64(data: bytes | str) -> str:
    """base64url without padding, by other code than ours."""
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forge(header: str, payload: str, signer: Any) -> str:
    """A compact JWS of these very texts; ``signer`` makes the signature of the message."""
    message = f"{b64(header)}.{b64(payload)}"
    return f"{message}.{b64(signer(message.encode()))}"
