"""Checks of the URLs (RFC 8414 §3): the app is mounted, and its metadata at the root wherever the rest is."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning
from django.urls import NoReverseMatch, Resolver404, URLResolver, get_resolver, get_script_prefix, resolve, reverse

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.metadata import ENDPOINTS
from oauth_provider.endpoints.token import token
from oauth_provider.protocol.issuer import issuer_path
from oauth_provider.resource_server.inspection import views_of

WELL_KNOWN = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
BRIDGE = "oauth2_provider:authorize"


@register(Tags.urls)
def check_bridge(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E006: DOT's paths are mounted without our URLs, where their pages are."""
    if not is_mounted(BRIDGE) or is_mounted(ENDPOINTS["authorization_endpoint"]):
        return []
    return [
        Error(
            "oauth_provider.bridge.urls is mounted without oauth_provider.urls, where its pages are.",
            hint='Add path("", include("oauth_provider.urls")) to the project\'s root urlpatterns.',
            id="oauth_provider.E006",
        )
    ]


@register(Tags.urls)
def check_well_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W003: a root path is missing where the app is mounted below a prefix."""
    if not any(is_mounted(name) for name in ENDPOINTS.values()):
        return []
    path = issuer_path(provider_settings.ISSUER or "")
    # RFC 8414 puts the issuer's path behind the name, OpenID Connect Discovery before it.
    wanted = [*WELL_KNOWN] + ([f"{name}/{path}" for name in WELL_KNOWN] + [f"/{path}{WELL_KNOWN[1]}"] if path else [])
    return [
        Warning(
            f"{missing} is not served.",
            hint="Add *oauth_provider.urls.well_known to the project's root urlpatterns.",
            id="oauth_provider.W003",
        )
        for missing in wanted
        if not _resolves(f"/{missing.removeprefix(get_script_prefix()).lstrip('/')}")
    ]


@register(Tags.urls)
def check_mounted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """I113: no URL of ours is served. That is right only where another process of the project serves them."""
    if not getattr(settings, "ROOT_URLCONF", None) or any(is_mounted(name) for name in ENDPOINTS.values()):
        return []
    is_renamed = any(view is token for view in views_of(get_resolver().url_patterns))
    hint = 'Add path("", include("oauth_provider.urls")) to the project\'s root urlpatterns.'
    return [
        Info(
            "The URLs of the provider have another namespace than oauth_provider, so none of them is found."
            if is_renamed
            else "No URL of the provider is served.",
            hint=f"Include them without a namespace of your own. {hint}" if is_renamed else hint,
            id="oauth_provider.I113",
        )
    ]


@register(Tags.urls)
def check_mounted_once(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W127: our URLs are included more than once. Programs are told of one place alone."""
    if not is_mounted(ENDPOINTS["token_endpoint"]):
        return []
    places = list(_places(get_resolver().url_patterns, "/"))
    if len(places) < 2:
        return []
    named = reverse(ENDPOINTS["token_endpoint"])
    return [
        Warning(
            f"The URLs of the provider are included at {' and at '.join(places)}.",
            hint=f"Take all but one of them out: discovery names {named} and its like alone.",
            id="oauth_provider.W127",
        )
    ]


def _places(patterns: Iterable[Any], prefix: str) -> Iterator[str]:
    """Yield where our URLs are included: a project may include them in what it includes itself."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            place = f"{prefix}{pattern.pattern}"
            if pattern.app_name == "oauth_provider":
                yield place
            else:
                yield from _places(pattern.url_patterns, place)


def is_mounted(name: str) -> bool:
    """Is a URL pattern of this name served?"""
    if not getattr(settings, "ROOT_URLCONF", None):
        return False
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
