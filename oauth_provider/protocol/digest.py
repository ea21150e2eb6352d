"""Digests of machine-made secrets, and comparison in constant time. Only digests are stored."""

import hashlib
import hmac
import re

LENGTH = 64
DIGEST = re.compile(r"[0-9a-f]{64}")


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret with at least 128 bits of entropy, as 64 hexadecimal characters."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of ``data``, as 64 hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def is_digest(text: str) -> bool:
    """Could ``text`` be a digest of ours?"""
    return DIGEST.fullmatch(text) is not None


def equal(one: str, other: str) -> bool:
    """Are both strings equal? The time that it takes does not show where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
