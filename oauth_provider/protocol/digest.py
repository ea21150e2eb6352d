"""Digests of machine-made secrets, and comparison in constant time. Only digests are stored."""

import hashlib
import hmac

LENGTH = 64


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret with at least 128 bits of entropy, as 64 hexadecimal characters."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def equal(one: str, other: str) -> bool:
    """Are both strings equal? The time that it takes does not show where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
