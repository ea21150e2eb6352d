"""Failed client authentications, counted per client and address in Django's cache (RFC 6749 §2.3.1).

An attempt counts before it is made and is taken back once it has succeeded, or all that are made at once would pass.
What is counted are clients that there are: identifiers that nobody has share one counter for each address, or a
stranger could fill the cache with made-up ones until those that matter are thrown out.
"""

import time
from dataclasses import dataclass

from limits import parse

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.address import network_of
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import TemporarilyUnavailable
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, GuardedCache, guarded_cache

# No client has it (RFC 6749 Appendix A.1).
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted; ``key`` is empty where the cache did not answer."""

    key: str

    def succeed(self) -> None:
        """Take it back: who knows the secret uses up nothing."""
        if self.key:
            try:
                _counters().decrement(self.key)
            except CacheUnavailable:
                return


def count_attempt(client_id: str, address: str) -> Attempt:
    """Count one more attempt for this client (``NOBODY`` where there is none) from this address.

    Raises ``TemporarilyUnavailable`` if too many failed, or are being made at this moment. A cache that does not answer
    limits nobody.
    """
    key = _key(client_id, address)
    limit = parse(provider_settings.CLIENT_AUTHENTICATION_FAILURES)
    try:
        count = _counters().increment(key, limit.get_expiry())
    except CacheUnavailable:
        return Attempt("")
    if count > limit.amount:
        raise _refusal(key, address)
    return Attempt(key)


def _refusal(key: str, address: str) -> TemporarilyUnavailable:
    """It was not tried, so it does not count."""
    try:
        ends_at = _counters().ends_at(key)
        _counters().decrement(key)
    except CacheUnavailable:
        ends_at = 0.0
    return TemporarilyUnavailable(
        Reason.CLIENT_FAILED_TOO_OFTEN,
        detail=f"too many failures from {address}",
        retry_after=max(1, round(ends_at - time.time())),
    )


def _counters() -> GuardedCache:
    return guarded_cache(provider_settings.CACHE)


def _key(client_id: str, address: str) -> str:
    # Hashed, since a cache key may hold neither spaces nor control characters, nor be long.
    return "oauth_provider.client_authentication." + digest(f"{client_id}\n{network_of(address)}")
