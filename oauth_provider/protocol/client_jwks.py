"""Key sets of clients (RFC 7591 §2, RFC 7517 §5): which may be registered, and reading the keys in one."""

import json
from collections.abc import Mapping
from typing import Any

from oauth_provider.protocol.jose import PRIVATE_MEMBERS, JoseError, Key, parse_jwks
from oauth_provider.protocol.jwe import EncryptionKey, encryption_keys
from oauth_provider.protocol.strict_json import is_storable, parse_object

MAX_KEYS = 16
MAX_LENGTH = 32_768


def check_jwks(document: Any) -> None:
    """Raise ``JoseError`` unless ``document`` is a JWK Set of public keys, each ``kid`` once, with a usable key."""
    if not isinstance(document, dict) or not is_storable(document) or len(json.dumps(document)) > MAX_LENGTH:
        raise JoseError("It is no JWK Set, or too long.")
    listed = document.get("keys")
    if not isinstance(listed, list) or not all(isinstance(jwk, dict) for jwk in listed):
        raise JoseError("It is no JWK Set.")
    if any(PRIVATE_MEMBERS & set(jwk) or jwk.get("kty") == "oct" for jwk in listed):
        raise JoseError("A key in it is private: send public keys only, and never use this one again.")
    named = [jwk["kid"] for jwk in listed if "kid" in jwk]
    if not all(isinstance(kid, str) for kid in named) or len(set(named)) != len(named):
        raise JoseError("Two keys in it have the same kid, or a kid is no text.")
    if not read_jwks(document) and not read_encryption_jwks(document):
        raise JoseError("No key in it can be used here.")


def read_jwks(document: Mapping[str, Any]) -> tuple[Key, ...]:
    """Return the keys that can verify signatures here.

    Raises ``JoseError`` for a document that is not a JWK Set or has more than ``MAX_KEYS`` keys.
    """
    _check_number(document)
    return parse_jwks(document)


def read_encryption_jwks(document: Mapping[str, Any]) -> tuple[EncryptionKey, ...]:
    """Return the keys to encrypt with, those marked for it first.

    Raises ``JoseError`` for a document that is not a JWK Set or has more than ``MAX_KEYS`` keys.
    """
    _check_number(document)
    return encryption_keys(document)


def read_text(text: str) -> tuple[Key, ...]:
    """Return the verification keys of a JWK Set in JSON. Raise ``JoseError`` for any other text."""
    return read_jwks(_parse(text))


def read_encryption_text(text: str) -> tuple[EncryptionKey, ...]:
    """Return the encryption keys of a JWK Set in JSON. Raise ``JoseError`` for any other text."""
    return read_encryption_jwks(_parse(text))


def _check_number(document: Mapping[str, Any]) -> None:
    listed = document.get("keys")
    if isinstance(listed, list) and len(listed) > MAX_KEYS:
        raise JoseError(f"There are more than {MAX_KEYS} keys in it.")


def _parse(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_LENGTH:
        raise JoseError("The key set is too long.")
    try:
        return parse_object(text)
    except ValueError as error:
        raise JoseError(f"The key set is malformed: {error}") from None
