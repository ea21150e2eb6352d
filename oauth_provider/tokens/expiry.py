"""Ending access tokens before their time (RFC 7009 §2): every reader of DOT's table sees them expired."""

from collections.abc import Iterable
from datetime import datetime

from oauth_provider.dot.names import access_token_model
from oauth_provider.tokens.verification_cache import AUTHORIZATION, verification_cache


def expire_access_tokens(authorizations: Iterable[int], now: datetime, *, using: str) -> None:
    """Let every live access token of these authorizations expire now."""
    keys = list(authorizations)
    access_tokens = access_token_model()._base_manager.using(using)
    with verification_cache.changing([(AUTHORIZATION, key) for key in keys], using=using):
        access_tokens.filter(oauth_binding__authorization__in=keys, expires__gt=now).update(expires=now)
