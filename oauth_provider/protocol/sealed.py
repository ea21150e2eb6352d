"""Sealed answers: text that a database keeps to repeat it later, and cannot read without the secret.

AES-256-GCM (NIST SP 800-38D) with a key derived by HKDF-SHA256 (RFC 5869) from a secret that is not stored.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_LENGTH = 12


def seal(text: str, *, secret: str, context: str) -> str:
    """Return ``text`` encrypted, as base64. Only ``unseal`` with the same ``secret`` and ``context`` can read it."""
    nonce = os.urandom(NONCE_LENGTH)
    sealed = AESGCM(_key(secret)).encrypt(nonce, _bytes(text), _bytes(context))
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, secret: str, context: str) -> str | None:
    """Return the text that was sealed, or None if the secret or the context is another."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return (
            AESGCM(_key(secret))
            .decrypt(raw[:NONCE_LENGTH], raw[NONCE_LENGTH:], _bytes(context))
            .decode("utf-8", "surrogatepass")
        )
    except (InvalidTag, binascii.Error, ValueError):
        return None


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oauth_provider.sealed").derive(_bytes(secret))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
