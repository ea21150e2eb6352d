"""What stands in DOT's ``client_secret`` column where no secret of a client's is kept (RFC 6749 §2.3.1)."""

import base64
import secrets

from django.contrib.auth.hashers import identify_hasher

# The shape of a hash, so that DOT neither hashes it again nor compares it with what a client sends.
NOBODYS = "pbkdf2_sha256$1$oauth_provider$"
LENGTH = 32


def nobodys_secret() -> str:
    """The hash of nothing. A blank column would not do: DOT takes an empty secret for the right one then."""
    return NOBODYS + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def is_secret(stored: str) -> bool:
    """Does the column hold somebody's secret, or the hash of one?"""
    return bool(stored) and not stored.startswith(NOBODYS)


def is_hashed(stored: str) -> bool:
    """Is it a hash? DOT keeps a secret as it is where ``hash_client_secret`` is off."""
    try:
        identify_hasher(stored)
    except ValueError:
        return False
    return True
