"""Audience of a token behind DOT's own guards (RFC 8707 §2): the rule of all other guards."""

from collections.abc import Iterable

from oauth_provider.conf import provider_settings
from oauth_provider.resource_server.audience import is_usable_at, normalize_url


def is_allowed(url: str, audiences: Iterable[str]) -> bool:
    """May a token for ``audiences`` be used for the call at ``url``? DOT itself would trust the Host header."""
    return is_usable_at(audiences, provider_settings.ISSUER, normalize_url(url))
