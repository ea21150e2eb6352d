"""A client's ``jwks_uri`` (RFC 7591 §2, OpenID Connect Core §10.1.1): its keys, fetched seldom and kept.

The cache that all processes share has the document; each process parses it once. A key that is new is found at
once, one that was taken away serves for ``FRESH`` at most, and while nothing can be fetched the old ones serve on.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

from oauth_provider.conf import provider_settings
from oauth_provider.fetch import FetchError, Limits, fetch
from oauth_provider.protocol.client_jwks import MAX_LENGTH, read_encryption_text, read_text
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import KeysUnavailable
from oauth_provider.protocol.jose import JoseError, Key
from oauth_provider.protocol.jwe import EncryptionKey
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache

K = TypeVar("K", Key, EncryptionKey)

logger = logging.getLogger("oauth_provider.clients")

# For so long a document is not asked for again unless a key is missing in it, in seconds.
FRESH = 600
# For so long it serves while its server does not answer, since it last did.
KEPT = 86_400
# Between two attempts, whoever asks for them and however they end.
PAUSE = 60
# Parsing an RSA key costs as much as a hundred signatures.
MOST_PARSED = 256

LIMITS = Limits(max_bytes=MAX_LENGTH)


def fetched_keys(uri: str, read: Callable[[str], tuple[K, ...]], is_wanted: Callable[[K], bool]) -> tuple[K, ...]:
    """The keys at ``uri``, fetched anew where none of those known ``is_wanted``. ``read`` is one of those below.

    Raises ``KeysUnavailable`` where nobody knows any, or the cache does not answer: strangers may ask for them.
    """
    document, fetched_at = _cached("get", uri) or ("", 0.0)
    keys = read(document) if document else ()
    is_fresh = abs(time.time() - fetched_at) < FRESH
    if is_fresh and any(is_wanted(key) for key in keys):
        return keys
    if _cached("add", f"{uri} asked", 1, PAUSE):
        try:
            return read(fetch_anew(uri))
        except (FetchError, JoseError) as error:
            logger.warning("The keys of a client cannot be had: %s", error)
    if not document:
        raise KeysUnavailable(Reason.CLIENT_KEYS_UNAVAILABLE, detail=uri)
    return keys


def fetch_anew(uri: str) -> str:
    """The document at ``uri`` as it is now, for whoever cannot wait. Raises ``FetchError`` and ``JoseError``."""
    document = _fetch(uri)
    with suppress(KeysUnavailable):
        _cached("set", uri, (document, time.time()), KEPT)
    return document


@lru_cache(maxsize=MOST_PARSED)
def parsed(document: str) -> tuple[Key, ...]:
    """The keys in ``document`` that can verify. Raises ``JoseError``."""
    return read_text(document)


@lru_cache(maxsize=MOST_PARSED)
def parsed_for_encryption(document: str) -> tuple[EncryptionKey, ...]:
    """The keys in ``document`` that can be encrypted to. Raises ``JoseError``."""
    return read_encryption_text(document)


def _fetch(uri: str) -> str:
    """A document that can be read; only such a one is kept."""
    answer = fetch(uri, LIMITS, headers={"Accept": "application/jwk-set+json, application/json"})
    if answer.status != 200:
        raise FetchError(f"{uri!r} answered {answer.status}.")
    try:
        document = answer.body.decode()
    except UnicodeDecodeError:
        raise JoseError("The key set is no UTF-8.") from None
    parsed(document)
    return document


def _cached(operation: str, name: str, *arguments: Any) -> Any:
    # Hashed, since a cache key may hold neither spaces nor control characters, nor be long.
    key = f"oauth_provider.jwks_uri.{digest(name)}"
    try:
        return getattr(guarded_cache(provider_settings.CACHE), operation)(key, *arguments)
    except CacheUnavailable:
        raise KeysUnavailable(Reason.CLIENT_KEYS_UNAVAILABLE, detail="the cache does not answer") from None
