"""Requests that wait though nobody is signed in (RFC 6819 §4.4.1.11): how many may, of one address and one client."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.crypto import salted_hmac

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.address import network_of
from oauth_provider.protocol.errors import TemporarilyUnavailable
from oauth_provider.protocol.reason import Reason

SALT = "oauth_provider.models.pending_request.address"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The numbers of requests that wait and that nobody signed in for: of one address, and of one client."""

    of_address: int
    of_client: int

    def check(self) -> None:
        """Raise ``TemporarilyUnavailable`` where one more would be too many."""
        if self.of_address >= provider_settings.PENDING_REQUESTS_PER_ADDRESS:
            raise TemporarilyUnavailable(Reason.TOO_MANY_REQUESTS_WAITING, detail="limit of the address")
        if self.of_client >= provider_settings.PENDING_REQUESTS_PER_CLIENT:
            raise TemporarilyUnavailable(Reason.TOO_MANY_REQUESTS_WAITING, detail="limit of the client")


def beside(address_digest: str, client: Any, unregistered_client: str) -> tuple[Q, Q]:
    """Return what finds the requests of one address, and those of one client.

    A client that proved itself, which has no ``address_digest``, counts for itself: strangers, who know its
    ``client_id``, cannot crowd it out.
    """
    stranger = ~Q(address_digest="")
    asker = Q(application=client, unregistered_client=unregistered_client)
    return stranger & Q(address_digest=address_digest), (stranger if address_digest else ~stranger) & asker


def address_digest(address: str) -> str:
    """Return the keyed digest of the network of ``address``: there are so few that a bare one would tell them."""
    if not address:
        return ""
    return salted_hmac(SALT, network_of(address), algorithm="sha256").hexdigest()
