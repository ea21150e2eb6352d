"""A check of the URLs (RFC 8414 §3): metadata is looked for at the root, wherever the rest is mounted."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.metadata import ENDPOINTS
from oauth_provider.protocol.issuer import issuer_path

WELL_KNOWN = "/.well-known/oauth-authorization-server"


@register(Tags.urls)
def check_well_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Which root paths are missing where the app is mounted below a prefix."""
    if not any(_is_mounted(name) for name in ENDPOINTS.values()):
        return []
    path = issuer_path(provider_settings.ISSUER)
    wanted = [WELL_KNOWN] + ([f"{WELL_KNOWN}/{path}"] if path else [])
    return [
        Warning(
            f"{missing} is not served.",
            hint="Add *oauth_provider.urls.well_known to the project's root urlpatterns.",
            id="oauth_provider.W003",
        )
        for missing in wanted
        if not _resolves(missing)
    ]


def _is_mounted(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def _resolves(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
