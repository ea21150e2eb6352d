"""The host that a client's team can prove to be theirs, and that it loses when it moves (RFC 9700 §4.7)."""

from dataclasses import replace

from django.core.exceptions import ValidationError

from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.models.client_presentation import check_host
from oauth_provider.protocol import redirect_uri
from oauth_provider.protocol.https_url import host_of

VOUCHED = ("publisher", "verified_host")


def provable_host(metadata: Metadata) -> str:
    """Return the one host that all answers go to, or else that of the home page; "" where there is no such host.

    Answers to a device have none.
    """
    away = [uri for uri in metadata.redirect_uris if not redirect_uri.is_on_device(uri)]
    hosts = {redirect_uri.destination(uri) if redirect_uri.is_https(uri) else "" for uri in away}
    host = (hosts.pop() if len(hosts) == 1 else "") if away else host_of(metadata.client_uri)
    return host if _is_somebodys(host) else ""


def without_lost_host(metadata: Metadata, before: Metadata) -> Metadata:
    """Return ``metadata`` without the verified host where the client moves to another, whoever vouched for it."""
    if not before.verified_host or provable_host(metadata) == provable_host(before):
        return metadata
    return replace(metadata, publisher="", verified_host="")


def _is_somebodys(host: str) -> bool:
    try:
        check_host(host)
    except ValidationError:
        return False
    return not host.replace(".", "").isdigit()
