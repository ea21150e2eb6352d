"""What stands in DOT's ``client_secret`` column where no secret of a client's is kept (RFC 6749 §2.3.1)."""

import base64
import secrets

from django.contrib.auth.hashers import identify_hasher

from oauth_provider.dot.names import Row

# The shape of a hash, so that DOT neither hashes it again nor compares it with what a client sends.
NOBODYS = "pbkdf2_sha256$1$oauth_provider$"
LENGTH = 32


def nobodys_secret() -> str:
    """The hash of nothing. A blank column would not do: DOT takes an empty secret for the right one then."""
    return NOBODYS + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def keep_none(application: Row) -> None:
    """Have the column hold nobody's secret. An UPDATE, since DOT would hash what it does not know for a hash."""
    application.client_secret = nobodys_secret()
    rows = type(application)._base_manager.filter(pk=application.pk)
    rows.update(client_secret=application.client_secret)


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
