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


@dataclass(slots=True)
class Attempt:
    """One attempt to authenticate as this client (``NOBODY`` where there is none) from this address."""

    client_id: str
    address: str
    is_made: bool = False
    is_counted: bool = False

    def count(self) -> None:
        """Count it among the failures, once.

        Raises ``TemporarilyUnavailable`` if too many failed, or are being made at this moment. A cache that does not
        answer limits nobody.
        """
        if self.is_made:
            return
        self.is_made = True
        limit = parse(provider_settings.CLIENT_AUTHENTICATION_FAILURES)
        try:
            count = _counters().increment(self._key, limit.get_expiry())
        except CacheUnavailable:
            return
        if count > limit.amount:
            raise self._refusal()
        self.is_counted = True

    def succeed(self) -> None:
        """Take it back: who knows the secret uses up nothing."""
        if self.is_counted:
            try:
                _counters().decrement(self._key)
            except CacheUnavailable:
                return

    def _refusal(self) -> TemporarilyUnavailable:
        """It was not tried, so it does not count."""
        try:
            ends_at = _counters().ends_at(self._key)
            _counters().decrement(self._key)
        except CacheUnavailable:
            ends_at = 0.0
        return TemporarilyUnavailable(
            Reason.CLIENT_FAILED_TOO_OFTEN,
            detail=f"too many failures from {self.address}",
            retry_after=max(1, round(ends_at - time.time())),
        )

    @property
    def _key(self) -> str:
        # Hashed, since a cache key may hold neither spaces nor control characters, nor be long.
        return "oauth_provider.client_authentication." + digest(f"{self.client_id}\n{network_of(self.address)}")


def _counters() -> GuardedCache:
    return guarded_cache(provider_settings.CACHE)
