"""Checks of the cache (RFC 6749 §2.3.1): failures are counted there, and strangers must not be able to reset them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.checks import CheckMessage, Info, Tags, Warning
from django.utils.module_loading import import_string

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings

OF_ONE_PROCESS = ("LocMemCache", "DummyCache")
# What names the timeouts of a client, by the end of its backend's name.
TIMEOUTS = {
    "RedisCache": ("socket_connect_timeout", "socket_timeout"),
    "PyMemcacheCache": ("connect_timeout", "timeout"),
}
# In seconds. A login waits for it, and so does each worker when the cache goes away.
MAX_TIMEOUT = 2.0


@register(Tags.security, deploy=True)
def check_cache_is_shared(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W001: the cache belongs to one process, so failures counted in one process do not count in the others."""
    if not _backend().endswith(OF_ONE_PROCESS):
        return []
    return [
        Warning(
            f"The cache {provider_settings.CACHE!r} is not shared between processes.",
            hint="Failed client authentications are counted there, and client assertions that were used are known: "
            "use Redis or Memcached.",
            id="oauth_provider.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_cache_timeouts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W065: the cache has no short timeouts.

    A server that accepts connections but does not answer blocks every worker.
    """
    wanted = next((names for backend, names in TIMEOUTS.items() if _backend().endswith(backend)), ())
    given = _options(settings.CACHES.get(provider_settings.CACHE, {}))
    missing = [name for name in wanted if not _is_short(given.get(name))]
    if not missing:
        return []
    alias = f"CACHES[{provider_settings.CACHE!r}]"
    return [
        Warning(
            f"{alias} has no short {' and '.join(missing)}: one that freezes would hold every worker up.",
            hint=f'{alias}["OPTIONS"] = {{{", ".join(f"{name!r}: 0.5" for name in wanted)}}}, in seconds, '
            f"{MAX_TIMEOUT:g} at most.",
            id="oauth_provider.W065",
        )
    ]


@register(Tags.security, deploy=True)
def check_cache_counts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W066: the cache does not count atomically, or drops counters: simultaneous guesses would count as one."""
    alias = provider_settings.CACHE
    if _backend().endswith(OF_ONE_PROCESS) or not _counts_by_steps(_backend()):
        return []
    return [
        Warning(
            f"The cache {alias!r} reads and then writes to count, and throws entries out when it is full.",
            hint="Guesses at client secrets that are made at once are counted as one, and others' entries push the "
            f"count out: use Redis or Memcached for CACHES[{alias!r}].",
            id="oauth_provider.W066",
        )
    ]


@register(Tags.security, deploy=True)
def check_cache_is_our_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """I067: other code uses the same cache. Its entries may fill the cache until counters are dropped."""
    alias = provider_settings.CACHE
    if _backend().endswith(OF_ONE_PROCESS) or not _others_with(alias):
        return []
    return [
        Info(
            f"Failed client authentications are counted in the cache {alias!r}, which other code fills as well.",
            hint='Give them an alias of their own, OAUTH_PROVIDER["CACHE"] = "oauth", with a LOCATION of its own that '
            "throws nothing out (Redis: maxmemory-policy noeviction).",
            id="oauth_provider.I067",
        )
    ]


def _counts_by_steps(backend: str) -> bool:
    """Does it leave counting to Django's base class? False for a backend that cannot be imported."""
    try:
        return import_string(backend).incr is BaseCache.incr
    except (ImportError, AttributeError):
        return False


def _backend() -> str:
    return str(settings.CACHES.get(provider_settings.CACHE, {}).get("BACKEND", ""))


def _others_with(alias: str) -> bool:
    """May other code use the same entries? True for ``default``."""
    if alias not in settings.CACHES:
        return False
    locations = {name: one.get("LOCATION") for name, one in settings.CACHES.items()}
    return alias == "default" or locations.pop(alias) in locations.values()


def _options(cache: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a cache client by lower-case name: ``OPTIONS``, those of its pool, and those in its URL."""
    options = cache.get("OPTIONS") or {}
    found = {**options, **(options.get("CONNECTION_POOL_KWARGS") or {})}
    for url in _urls(cache.get("LOCATION", "")):
        found |= {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    return {str(name).lower(): value for name, value in found.items()}


def _urls(location: Any) -> Iterable[str]:
    return [location] if isinstance(location, str) else [str(one) for one in location or ()]


def _is_short(value: Any) -> bool:
    try:
        return 0 < float(value) <= MAX_TIMEOUT
    except (TypeError, ValueError):
        return False
