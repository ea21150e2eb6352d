"""Throttles that know clients (RFC 9700 §4.15: a client is no user): how often may this one call?

They are DRF's ``SimpleRateThrottle`` with another key. Rates stand in ``DEFAULT_THROTTLE_RATES``, under ``client``
and ``user``.
"""

from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from oauth_provider.protocol.digest import digest
from oauth_provider.rest_framework.needs import is_access_token

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ClientRateThrottle(SimpleRateThrottle):
    """So many calls for each client, whoever uses it. A call without a token is not counted."""

    scope = "client"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        """The client of the token; None where there is none."""
        client_id = client_of(request)
        return client_id and self.cache_format % {"scope": self.scope, "ident": f"client-{digest(client_id)}"}


class UserOrClientRateThrottle(SimpleRateThrottle):
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


def client_of(request: Request) -> str | None:
    """The client whose token ``request`` was made with, if it was: ours, or one of django-oauth-toolkit's."""
    token: Any = request.auth
    if not is_access_token(token):
        return None
    holder: Any = token if hasattr(token, "client_id") else getattr(token, "application", None)
    return getattr(holder, "client_id", None) or None
