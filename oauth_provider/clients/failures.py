"""Failed client authentications, counted per client and address by ``limits`` on Django's cache (RFC 6749 §2.3.1)."""

import logging
import time
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.core.cache import caches
from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import TemporarilyUnavailable

logger = logging.getLogger("oauth_provider.clients")


class DjangoCacheStorage(Storage):
    """``limits`` on the cache that ``OAUTH_PROVIDER["CACHE"]`` names."""

    STORAGE_SCHEME = ["django-cache"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing of ours is wrapped."""
        return Exception

    @property
    def _cache(self) -> Any:
        return caches[provider_settings.CACHE]

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """One more; the window starts with the first."""
        until = f"{key}:until"
        if self._cache.add(key, 0, timeout=int(expiry)):
            self._cache.set(until, time.time() + expiry, timeout=int(expiry))
        try:
            return int(self._cache.incr(key, amount))
        except ValueError:  # it expired between the two calls
            self._cache.set(key, amount, timeout=int(expiry))
            return amount

    def get(self, key: str) -> int:
        """How many there were in this window."""
        return int(self._cache.get(key) or 0)

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since the epoch."""
        return float(self._cache.get(f"{key}:until") or time.time())

    def check(self) -> bool:
        """The cache is Django's to check."""
        return True

    def reset(self) -> int | None:
        """Counters expire by themselves; the project's cache is not ours to empty."""
        return None

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._cache.delete_many([key, f"{key}:until"])


_limiter = FixedWindowRateLimiter(DjangoCacheStorage("django-cache://"))


def check_failures(client_id: str, address: str) -> None:
    """Raise ``TemporarilyUnavailable`` if this client failed too often from this address, or nobody can tell."""
    item = _limit()
    try:
        is_below = _limiter.test(item, *_key(client_id, address))
    except Exception:
        logger.exception("Failed client authentications cannot be counted: the cache does not answer.")
        raise TemporarilyUnavailable("Client authentication is out of order for a moment.") from None
    if not is_below:
        window = _limiter.get_window_stats(item, *_key(client_id, address))
        raise TemporarilyUnavailable(
            "Client authentication failed too often.",
            detail=f"too many failures from {address}",
            retry_after=max(1, round(window.reset_time - time.time())),
        )


def count_failure(client_id: str, address: str) -> None:
    """One more failure of this client from this address."""
    try:
        _limiter.hit(_limit(), *_key(client_id, address))
    except Exception:
        logger.exception("A failed client authentication was not counted: the cache does not answer.")


def _limit() -> RateLimitItem:
    return parse(provider_settings.CLIENT_AUTHENTICATION_FAILURES)


def _key(client_id: str, address: str) -> tuple[str, str]:
    # Hashed, since a cache key may hold neither spaces nor control characters, nor be long.
    return "oauth_provider.client_authentication", digest(f"{client_id}\n{_network(address)}")


def _network(address: str) -> str:
    """An IPv6 caller owns its whole /64; one that a listener of both families maps into IPv6 owns one address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped is not None else parsed.exploded[:19]
