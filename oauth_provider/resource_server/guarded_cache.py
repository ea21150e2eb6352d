"""Django's cache behind a circuit breaker (RFC 9110 §15.6.4): the only use of a cache in this package.

A cache that does not answer costs its own timeout once; then it is skipped for ``REST`` seconds, and one caller tries
again. The caller decides what ``CacheUnavailable`` means: a limit lets calls pass, a replay store refuses them.
"""

import logging
import time
from collections.abc import Callable, Collection
from functools import cache
from typing import Any, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

T = TypeVar("T")

logger = logging.getLogger("oauth_provider.resource_server")

# In seconds.
REST = 5.0
# A counter may expire between two steps, but hardly so often.
ATTEMPTS = 3


class CacheUnavailable(Exception):
    """The cache does not answer, or did not a moment ago. The log says why."""


class GuardedCache:
    """One cache with the circuit breaker of this process. Every method raises ``CacheUnavailable``.

    ``find`` returns Django's cache object of the calling thread. There is no lock: at worst, two callers try at
    once.
    """

    def __init__(self, name: str, find: Callable[[], BaseCache]) -> None:
        self._name = name
        self._find = find
        self._rests_until = 0.0
        self._silent_until = 0.0

    def get(self, key: str) -> Any:
        """Return the value, or None."""
        return self._run(lambda backend: backend.get(key))

    def get_many(self, keys: Collection[str]) -> dict[str, Any]:
        """Return the values that there are, by their keys."""
        return self._run(lambda backend: backend.get_many(keys))

    def set(self, key: str, value: Any, seconds: float) -> None:
        """Store ``value`` for so many ``seconds``."""
        self._run(lambda backend: backend.set(key, value, seconds))

    def add(self, key: str, value: Any, seconds: float) -> bool:
        """Store ``value`` unless there is one. Return True if it was stored."""
        return self._run(lambda backend: backend.add(key, value, seconds))

    def delete(self, key: str) -> None:
        """Delete the value."""
        self._run(lambda backend: backend.delete(key))

    def increment(self, key: str, seconds: int) -> int:
        """Add one to a counter and return it. The counter is deleted ``seconds`` after its first increment."""
        return self._run(lambda backend: _increment(backend, key, seconds))

    def decrement(self, key: str) -> None:
        """Subtract one from a counter, if there is one."""
        self._run(lambda backend: _decrement(backend, key))

    def ends_at(self, key: str) -> float:
        """Return when a counter ends, in seconds since the epoch; 0 where there is none."""
        return float(self.get(_end_of(key)) or 0)

    def _run(self, operation: Callable[[BaseCache], T]) -> T:
        if self._rests_until:
            now = time.monotonic()
            if now < self._rests_until:
                raise CacheUnavailable
            self._rests_until = now + REST  # until this caller knows more, all others go on passing it by
        try:
            result = operation(self._find())
        except (ImproperlyConfigured, ImportError):
            raise
        except Exception as problem:  # any cache fails in its own way
            self._rest(problem)
            raise CacheUnavailable from problem
        self._rests_until = 0.0
        return result

    def _rest(self, problem: Exception) -> None:
        now = time.monotonic()
        self._rests_until = now + REST
        if now >= self._silent_until:
            self._silent_until = now + REST
            logger.error(
                "%s does not answer and is passed by for %d seconds: %s: %s",
                self._name,
                REST,
                type(problem).__name__,
                problem,
            )


@cache
def guarded_cache(alias: str) -> GuardedCache:
    """Return the guarded cache of ``alias`` in ``CACHES``."""
    return GuardedCache(f"The cache {alias!r}", lambda: caches[alias])


def drop_cached_caches(*, setting: str, **_facts: Any) -> None:
    """Drop the cached objects when ``override_settings`` replaces ``CACHES``."""
    if setting == "CACHES":
        guarded_cache.cache_clear()


setting_changed.connect(drop_cached_caches, dispatch_uid="oauth_resource_server.guarded_cache")


def counts_atomically(backend: BaseCache) -> bool:
    """Does this cache have an atomic ``incr``? Django's default reads, then writes, and loses the time of its end."""
    return getattr(backend.incr, "__func__", None) is not BaseCache.incr


def _increment(backend: BaseCache, key: str, seconds: int) -> int:
    for _attempt in range(ATTEMPTS):
        # Before the count itself: who changes that has to know it.
        backend.add(_end_of(key), time.time() + seconds, seconds)
        if backend.add(key, 1, seconds):
            return 1
        count = _change(backend, key, 1)
        if count == 1:  # all were taken back, or it expired just now: then Redis has made one that never ends
            backend.touch(key, seconds)
        if count is not None:
            return count
    raise RuntimeError("a counter is forgotten as soon as it is kept")


def _decrement(backend: BaseCache, key: str) -> None:
    count = _change(backend, key, -1)
    if count is not None and count < 0:  # as above
        backend.delete(key)


def _change(backend: BaseCache, key: str, by: int) -> int | None:
    """Return the new value of a counter, None where there is none. Its end stays the same."""
    if counts_atomically(backend):
        try:
            return int(backend.incr(key, by))
        except ValueError:
            return None
    known = backend.get(key)
    if known is None:
        return None
    left = float(backend.get(_end_of(key)) or 0) - time.time()
    if left <= 0:
        backend.delete(key)
        return None
    backend.set(key, known + by, max(1.0, left))
    return int(known + by)


def _end_of(key: str) -> str:
    return f"{key}.end"
