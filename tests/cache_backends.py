"""Caches that count as some real ones do: step by step, or not at all."""

from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache


class SteppedCache(LocMemCache):
    """Reads and then writes to count, and forgets when a counter ends, as Django's database cache does."""

    incr = BaseCache.incr


class BrokenCache(LocMemCache):
    """Behind a network that is down."""

    def _down(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("connection refused")

    get = set = add = incr = delete = touch = _down
