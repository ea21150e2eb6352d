"""Copies of Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document §4 and §6.5): fetched seldom.

The cache that all processes share has them. Strangers name the URLs, so that fetches are limited: for each document,
for each origin, and in total. Those of registered clients, which somebody agreed to, count apart: strangers cannot
use up what these need.
"""

import logging
import re
import time
from dataclasses import asdict, dataclass, replace

from django.conf import settings
from limits import parse

from oauth_provider.conf import provider_settings
from oauth_provider.fetch import LOOPBACK_NAMES, FetchError, Limits, fetch
from oauth_provider.protocol.client_id_metadata import (
    MAX_BYTES,
    DocumentRefused,
    host_of_document,
    origin_of_document,
    read_document,
)
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.freshness import fresh_for
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache

logger = logging.getLogger("oauth_provider.clients")

# In seconds. A copy serves for so long after it was last fresh, while its server does not answer.
STALE = 86_400
# So long it is known that a client's document was there, or that it is gone.
REMEMBERED = 30 * 86_400
# Somebody waits in front of a browser, and strangers can make us wait.
TIMEOUT = 3.0
# Between two attempts to fetch one document, however they end.
PAUSE = 60
PER_ORIGIN, TOTAL = "60/hour", "600/hour"
PER_ORIGIN_REGISTERED, TOTAL_REGISTERED = "600/hour", "6000/hour"
# The answers by which a server says that there is no such document.
GONE = frozenset({404, 410})
JSON = re.compile(r"application/([^/]+\+)?json")
ACCEPT = "application/json, application/*+json;q=0.9"


class NoAnswer(Exception):
    """Nobody knows what the document says now."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The document as it was read, "" where none is known any more, and until when it is fresh, in epoch seconds.

    ``is_gone``: its server says that it is there no more, or it says what cannot be used.
    """

    text: str
    fresh_until: float
    is_gone: bool = False

    @property
    def is_fresh(self) -> bool:
        """May it be used without asking its server?"""
        return time.time() < self.fresh_until

    @property
    def is_serving(self) -> bool:
        """Is it young enough for who is signed in already, while its server is silent, or has it no more?"""
        return time.time() < self.fresh_until + STALE

    @property
    def begins_sign_ins(self) -> bool:
        """May somebody new be asked by what it says?"""
        return bool(self.text) and not self.is_gone and self.is_serving


def copy_of(client_id: str, *, is_registered: bool) -> Copy | None:
    """Return the copy of the document, fetched anew where it is due and may be; None where nobody knows any.

    Whatever hinders that looks the same from outside. The log says what it was.
    """
    try:
        copy = _kept(client_id)
        if copy is not None and copy.is_fresh:
            return copy
        if not _may_fetch(client_id, is_registered=is_registered):
            return copy
        copy = _after_fetch(client_id, copy or Copy("", time.time()))
        if copy.text or is_registered:
            guarded_cache(provider_settings.CACHE).set(_key(client_id), asdict(copy), _kept_for(copy, is_registered))
            return copy
    except CacheUnavailable:
        logger.warning("The cache does not answer, so that no document of a client is fetched.")
    return None


def _after_fetch(client_id: str, before: Copy) -> Copy:
    """Return the copy as it is once its server was asked. An outage leaves it as it was."""
    try:
        return _fetched(client_id)
    except DocumentRefused as refused:
        logger.info("The document %s cannot be used: %s.", client_id, refused)
        return replace(before, is_gone=True)
    except (FetchError, NoAnswer) as error:
        logger.info("The document of a client cannot be had: %s", error)
        return before


def _fetched(client_id: str) -> Copy:
    answer = fetch(client_id, _limits(client_id), headers={"Accept": ACCEPT})
    if answer.status in GONE:
        raise DocumentRefused(f"its server answers {answer.status}")
    if answer.status != 200:
        raise NoAnswer(f"{client_id} answers {answer.status}.")
    if not JSON.fullmatch(answer.media_type):
        raise DocumentRefused("it is not served as JSON")
    read_document(client_id, answer.body)
    return Copy(answer.body.decode(), time.time() + fresh_for(answer.headers))


def _limits(client_id: str) -> Limits:
    """Return the limits of a fetch. On a developer's own machine a document may be there, too (§6.5)."""
    issuer = provider_settings.ISSUER.partition("://")[2].partition("/")[0].partition(":")[0]
    is_local = issuer in LOOPBACK_NAMES and host_of_document(client_id) in LOOPBACK_NAMES
    return Limits(timeout=TIMEOUT, max_bytes=MAX_BYTES, is_configured=bool(settings.DEBUG and is_local))


def _may_fetch(client_id: str, *, is_registered: bool) -> bool:
    """Count an attempt. Every process pauses where one has just tried."""
    cache = guarded_cache(provider_settings.CACHE)
    if not cache.add(_key(f"{client_id} asked"), 1, PAUSE):
        return False
    per_origin, total = (PER_ORIGIN_REGISTERED, TOTAL_REGISTERED) if is_registered else (PER_ORIGIN, TOTAL)
    kind = "registered" if is_registered else "new"
    for name, notation in ((f"{kind} {origin_of_document(client_id)}", per_origin), (f"{kind} of all", total)):
        limit = parse(notation)
        if cache.increment(_key(f"{name} fetches"), limit.get_expiry()) > limit.amount:
            logger.warning("Too many documents of clients are asked for: %s.", name)
            return False
    return True


def _kept(client_id: str) -> Copy | None:
    kept = guarded_cache(provider_settings.CACHE).get(_key(client_id))
    return Copy(**kept) if kept is not None else None


def _kept_for(copy: Copy, is_registered: bool) -> int:
    """Return for how long a copy is kept: what nobody ever agreed to must not fill the cache."""
    return REMEMBERED if is_registered else max(1, round(copy.fresh_until + STALE - time.time()))


def _key(name: str) -> str:
    # Hashed, since a cache key may hold neither spaces nor control characters, nor be long.
    return f"oauth_provider.client_document.{digest(name)}"
