"""Checks of django-cors-headers (Fetch §3.2), whose middleware answers preflights of our endpoints."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning
from django.urls import NoReverseMatch, reverse

from oauth_provider.checks.registration import register
from oauth_provider.resource_server.views.cors import urls_regex

MIDDLEWARE = "corsheaders.middleware.CorsMiddleware"
# Browser clients of MCP servers send it to every document and endpoint; the middleware does not allow it by itself.
USUAL_HEADER = "mcp-protocol-version"
LEAVE_OURS = 'Leave our URLs to our endpoints, such as by CORS_URLS_REGEX = r"^/api/.*$".'


@register(Tags.security)
def check_preflights(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W062: the middleware allows only the headers in its settings; our endpoints would allow more."""
    allowed = [name.lower() for name in getattr(settings, "CORS_ALLOW_HEADERS", ())]
    if not _answers("oauth_provider:token") or USUAL_HEADER in allowed:
        return []
    return [
        Warning(
            "django-cors-headers answers the preflights of the OAuth endpoints, and allows its own list of headers.",
            hint=f'{LEAVE_OURS} Or add "{USUAL_HEADER}", and what else clients send, to CORS_ALLOW_HEADERS.',
            id="oauth_provider.W062",
        )
    ]


@register(Tags.security)
def check_pages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W063: every website may read the pages on which people decide, with their cookies."""
    is_open = getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False) and getattr(settings, "CORS_ALLOW_CREDENTIALS", False)
    if not is_open or not _answers("oauth_provider:authorize"):
        return []
    return [
        Warning(
            "django-cors-headers lets every website read the pages of the OAuth provider as the person who visits it.",
            hint=f"{LEAVE_OURS} Or name the origins in CORS_ALLOWED_ORIGINS instead of CORS_ALLOW_ALL_ORIGINS.",
            id="oauth_provider.W063",
        )
    ]


def _answers(name: str) -> bool:
    """Does the middleware stand before the view called ``name``?"""
    try:
        path = reverse(name)
    except NoReverseMatch:
        return False
    return MIDDLEWARE in settings.MIDDLEWARE and re.match(urls_regex(), path) is not None
