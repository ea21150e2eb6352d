"""The last refusals of each client, for whoever runs or develops it: a bounded ring in Django's cache.

Only clients that there are have one, so that made-up identifiers store nothing. Two refusals at once may cost one of
them its place. A cache that does not answer costs nothing: the refusal then stands in the log alone.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from oauth_provider.conf import provider_settings
from oauth_provider.events.event import Event, RequestRefused
from oauth_provider.protocol.address import network_of
from oauth_provider.protocol.digest import digest
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache

SIZE = 50
# In seconds.
KEPT_FOR = 7 * 86_400
MAX_TEXT = 300
# Answers about a person and no mistake of anybody's: a client that asks with prompt=none gets them all day.
EXPECTED = frozenset({"login_required", "consent_required", "interaction_required", "account_selection_required"})


class Sampler:
    """Chooses which refusals of one client are kept, in this process: the first of each minute, then every hundredth.

    Without a lock: one of two at once may be counted wrongly.
    """

    WINDOW = 60.0
    FIRST = 10
    EVERY = 100
    MAX_CLIENTS = 1_000

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, int]] = {}

    def weight(self, client_id: str) -> int:
        """Return for how many refusals this one stands; 0 where it is left out."""
        now = time.monotonic()
        began, count = self._counts.get(client_id, (now, 0))
        if now >= began + self.WINDOW:
            began, count = now, 0
        if len(self._counts) >= self.MAX_CLIENTS:
            self._counts.clear()
        self._counts[client_id] = began, count + 1
        if count < self.FIRST:
            return 1
        return 0 if (count + 1 - self.FIRST) % self.EVERY else self.EVERY


sampler = Sampler()


def wants(event: Event) -> bool:
    """Is it a refusal of a client that there is?"""
    return isinstance(event, RequestRefused) and bool(event.client_id) and event.error not in EXPECTED


def tell(event: Event) -> None:
    """Keep it, if it is chosen."""
    if not isinstance(event, RequestRefused) or not (weight := sampler.weight(event.client_id)):
        return
    cache, key = guarded_cache(provider_settings.CACHE), key_of(event.client_id)
    try:
        cache.set(key, [_entry(event, weight), *(cache.get(key) or ())][:SIZE], KEPT_FOR)
    except CacheUnavailable:
        return


def last_refusals(client_id: str) -> list[Mapping[str, Any]]:
    """Return the refusals of a client that are kept, the newest first; none where the cache does not answer."""
    try:
        return list(guarded_cache(provider_settings.CACHE).get(key_of(client_id)) or ())
    except CacheUnavailable:
        return []


def count_refusals(client_ids: Iterable[str], since: datetime) -> dict[str, int] | None:
    """Return how many refusals of each client are kept that are not older; None where the cache does not answer."""
    keys = {key_of(client_id): client_id for client_id in client_ids}
    try:
        found = guarded_cache(provider_settings.CACHE).get_many(keys) if keys else {}
    except CacheUnavailable:
        return None
    return {
        keys[key]: sum(one["stands_for"] for one in ring if one["at"] >= since) for key, ring in found.items() if ring
    }


def key_of(client_id: str) -> str:
    """Return the key of a client's ring; hashed, since an identifier may hold what a cache key may not."""
    return "oauth_provider.refusals." + digest(client_id)


def _entry(event: RequestRefused, weight: int) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC),
        "reason": event.reason,
        "error": event.error,
        "description": event.description[:MAX_TEXT],
        "detail": event.detail[:MAX_TEXT],
        "path": event.path[:MAX_TEXT],
        "network": str(network_of(event.address)),
        "stands_for": weight,
    }
