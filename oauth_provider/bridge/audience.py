"""The audience of a token where DOT's own classes guard (RFC 8707 §2): the rule of all other guards."""

from collections.abc import Iterable

from oauth_provider.conf import provider_settings
from oauth_provider.resource_server.audience import is_usable_at, normalize_url


def is_allowed(url: str, audiences: Iterable[str]) -> bool:
    """May a token for ``audiences`` be used for the call at ``url``? DOT's own would ask the Host header alone."""
    return is_usable_at(audiences, provider_settings.ISSUER, normalize_url(url))
