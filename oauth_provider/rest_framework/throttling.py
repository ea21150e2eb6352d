"""Throttles by client (RFC 9700 §4.15: a client is not a user).

They are DRF's ``SimpleRateThrottle`` with another key. Rates are in ``DEFAULT_THROTTLE_RATES``, under ``client`` and
``user``. Unlike DRF's, a call is counted before it may pass, so that simultaneous calls are all counted, and a cache
that does not answer limits nobody.
"""

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from oauth_provider.protocol.digest import digest
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, GuardedCache
from oauth_provider.rest_framework.needs import is_access_token

if TYPE_CHECKING:
    from rest_framework.views import APIView


class CountingThrottle(SimpleRateThrottle):
    """Base class: limits the calls in each ``duration`` of the rate, which begins with the first call counted.

    ``cache`` is the one that DRF's class names; a project may name another.
    """

    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the call. May it be made?"""
        self.ends_at = 0.0
        key = self.get_cache_key(request, view) if self.rate is not None else None
        if key is None:
            return True
        throttle: Any = type(self)
        counters = _counters(throttle)
        try:
            count = counters.increment(f"{key}.count", self.duration)
            if count > self.num_requests:
                self.ends_at = counters.ends_at(f"{key}.count")
        except CacheUnavailable:
            return True
        return count <= self.num_requests

    def wait(self) -> float:
        """Return the seconds until the count starts again."""
        return max(1.0, self.ends_at - time.time())


class ClientRateThrottle(CountingThrottle):
    """Limit of calls for each client, for all its users together. A call without a token is not counted."""

    scope = "client"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        """Return a key of the token's client, or None without a token."""
        client_id = client_of(request)
        return client_id and self.cache_format % {"scope": self.scope, "ident": f"client-{digest(client_id)}"}


class UserOrClientRateThrottle(CountingThrottle):
    """Limit of calls for each person, with any client or session, and for each client that acts for itself.

    All other callers are counted by their address, as by DRF's ``AnonRateThrottle``.
    """

    scope = "user"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        """Return a key of the person, else of the client, else of the address."""
        client_id = client_of(request)
        if request.user and request.user.is_authenticated:
            caller = f"user-{digest(str(request.user.pk))}"
        elif client_id:
            caller = f"client-{digest(client_id)}"
        else:
            caller = f"address-{digest(self.get_ident(request) or '')}"  # a header may have said it
        return self.cache_format % {"scope": self.scope, "ident": caller}


@cache
def _counters(throttle: Any) -> GuardedCache:
    def find() -> Any:
        return throttle.cache

    return GuardedCache(f"The cache of {throttle.__name__}", find)


def client_of(request: Request) -> str | None:
    """Return the ``client_id`` of the token of ``request``, ours or django-oauth-toolkit's, or None without a token."""
    token: Any = request.auth
    if not is_access_token(token):
        return None
    holder: Any = token if hasattr(token, "client_id") else getattr(token, "application", None)
    return getattr(holder, "client_id", None) or None
