"""DOT's ``client_secret`` column, where no secret of a client is kept (RFC 6749 §2.3.1)."""

import base64
import secrets

from django.contrib.auth.hashers import identify_hasher

from oauth_provider.dot.names import Row

# The shape of a hash, so that DOT neither hashes it again nor compares it with what a client sends.
UNUSABLE = "pbkdf2_sha256$1$oauth_provider$"
LENGTH = 32


def unusable_secret() -> str:
    """Return a value for the column that matches no secret. Blank would not do: DOT then accepts an empty secret."""
    return UNUSABLE + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def make_secret_unusable(application: Row) -> None:
    """Put a value that matches no secret into the column. By UPDATE, since ``save`` would make DOT hash it."""
    application.client_secret = unusable_secret()
    rows = type(application)._base_manager.filter(pk=application.pk)
    rows.update(client_secret=application.client_secret)


def is_secret(stored: str) -> bool:
    """Does the column hold a client's secret, or the hash of one?"""
    return bool(stored) and not stored.startswith(UNUSABLE)


def is_hashed(stored: str) -> bool:
    """Is it a hash? DOT keeps a secret unhashed where ``hash_client_secret`` is off."""
    try:
        identify_hasher(stored)
    except ValueError:
        return False
    return True
