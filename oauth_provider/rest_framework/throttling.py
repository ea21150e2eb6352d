"""Throttles that know clients (RFC 9700 §4.15: a client is no user): how often may this one call?

They are DRF's ``SimpleRateThrottle`` with another key. Rates stand in ``DEFAULT_THROTTLE_RATES``, under ``client``
and ``user``. Unlike DRF's, a call is counted before it is let through, so that many at once are not more than many in
turn, and a cache that does not answer limits nobody.
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
    """So many calls from the first on until the ``duration`` of the rate is over; then it begins anew.

    ``cache`` is the one that DRF's class names, or a project's own in its place.
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
        """In seconds, until calls are counted anew."""
        return max(1.0, self.ends_at - time.time())


class ClientRateThrottle(CountingThrottle):
    """So many calls for each client, whoever uses it. A call without a token is not counted."""

    scope = "client"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        """The client of the token; None where there is none."""
        client_id = client_of(request)
        return client_id and self.cache_format % {"scope": self.scope, "ident": f"client-{digest(client_id)}"}


class UserOrClientRateThrottle(CountingThrottle):
    """So many calls for each person, with whatever clients or session, and for each client that acts for itself.

    Everybody else is counted by their address, as by DRF's ``AnonRateThrottle``.
    """

    scope = "user"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        """The person, else the client, else the address."""
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
    """The client whose token ``request`` was made with, if it was: ours, or one of django-oauth-toolkit's."""
    token: Any = request.auth
    if not is_access_token(token):
        return None
    holder: Any = token if hasattr(token, "client_id") else getattr(token, "application", None)
    return getattr(holder, "client_id", None) or None
