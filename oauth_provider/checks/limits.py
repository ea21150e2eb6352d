"""Checks of the limits on rows that others cause (RFC 6819 §4.4.1.11), and of the address that is counted."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.conf.limits import LimitSettings

LIMITS = tuple(name for name, value in vars(LimitSettings).items() if isinstance(value, property))


@register()
def check_limits(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E056: a limit is not a whole number from 1."""
    return [
        Error(
            f"OAUTH_PROVIDER[{name!r}] is {value!r}, which bounds nothing.",
            hint="It must be a whole number from 1.",
            id="oauth_provider.E056",
        )
        for name in LIMITS
        if isinstance(value := getattr(provider_settings, name), bool) or not isinstance(value, int) or value < 1
    ]


@register(Tags.security, deploy=True)
def check_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W057: behind a proxy all callers have the proxy's address, and would share one limit."""
    is_behind_proxy = bool(settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST)
    if not is_behind_proxy or provider_settings.user_settings.get("CLIENT_ADDRESS"):
        return []
    return [
        Warning(
            'A proxy stands in front, and OAUTH_PROVIDER["CLIENT_ADDRESS"] is not set.',
            hint="Name a function that reads the header your proxy writes; all callers share one limit otherwise.",
            id="oauth_provider.W057",
        )
    ]
