"""Databases and caches from the environment: ``DATABASE_URL`` and ``CACHE_URL``."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# In seconds.
CACHE_TIMEOUT = 0.5
ENGINES = {
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
    "sqlite": "django.db.backends.sqlite3",
}


def database(url: str) -> dict[str, Any]:
    """Django's settings for ``postgres://user:password@host:port/name`` or ``sqlite:////absolute/path``.

    A query becomes ``OPTIONS``: ``?server_side_binding=true&prepare_threshold=5``. Raises ``ValueError``.
    """
    parts = urlsplit(url)
    if parts.scheme not in ENGINES:
        raise ValueError(f"DATABASE_URL must begin with one of: {', '.join(ENGINES)}")
    return {
        "ENGINE": ENGINES[parts.scheme],
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {name: _option(value) for name, value in parse_qsl(parts.query)},
    }


def cache(url: str) -> dict[str, Any]:
    """Django's settings for ``redis://host:port/number``; without a URL, the memory of this process.

    A Redis that is frozen is waited for as long as ``CACHE_TIMEOUT`` says.
    """
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if urlsplit(url).scheme not in {"redis", "rediss"}:
        raise ValueError("CACHE_URL must begin with redis:// or rediss://")
    timeouts = {"socket_connect_timeout": CACHE_TIMEOUT, "socket_timeout": CACHE_TIMEOUT}
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "OPTIONS": timeouts}


def _option(value: str) -> bool | int | str:
    if value in {"true", "false"}:
        return value == "true"
    return int(value) if value.isdecimal() else value
