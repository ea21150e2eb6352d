"""What this process remembers from one request to the next, and no test may find of another's."""

from django.conf import settings

from oauth_provider.authorization.left_out import left_out_scopes
from oauth_provider.clients import origins
from oauth_provider.resource_server.guarded_cache import guarded_cache
from oauth_provider.rest_framework import throttling
from oauth_provider.tokens import key_ring
from oauth_provider.tokens.called_name import called_name
from oauth_provider.tokens.verification_cache import verification_cache
from tests import cache_keys, scopes


def forget() -> None:
    """Remember nothing."""
    cache_keys.start_anew()
    # The test client calls the server by another name than the issuer's, which would be told once in each process.
    called_name.is_told = True
    left_out_scopes.forget()
    # A cache that failed.
    guarded_cache.cache_clear()
    throttling._counters.cache_clear()
    # Signing keys, but for those of the suite's settings: they never change.
    given = getattr(settings, "OAUTH_PROVIDER", {}).get("SIGNING_KEYS")
    if any(kept.source is not given for kept in key_ring._kept.values()):
        key_ring.forget()
    # Access tokens and origins: rows of the next may have the same keys.
    verification_cache.clear()
    origins.forget()
    scopes.remember_none()
