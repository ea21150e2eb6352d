"""Checks of DOT (RFC 6750 §3.1): its validator, its URLs that issue or accept tokens, and its settings."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from oauth_provider.checks.registration import register
from oauth_provider.dot.inherited import Fate, ineffective_settings
from oauth_provider.dot.settings import oauth2_settings
from oauth_provider.resource_server.users.session_user import is_derived, is_token_backend

TOKEN_MIDDLEWARE = "oauth2_provider.middleware.OAuth2TokenMiddleware"
VALIDATOR = "oauth_provider.bridge.validator.BridgeValidator"
# Views of DOT that issue, introspect or revoke, by class name.
DOT_VIEWS = frozenset(
    {
        "AuthorizationView",
        "AuthorizedTokenDeleteView",
        "DeviceAuthorizationView",
        "DeviceConfirmView",
        "DeviceUserCodeView",
        "DynamicClientRegistrationView",
        "DynamicClientRegistrationManagementView",
        "IntrospectTokenView",
        "RevokeTokenView",
        "RPInitiatedLogoutView",
        "TokenView",
        "UserInfoView",
    }
)


@register(Tags.security)
def check_validator(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E003: DOT's classes use another validator than ours, and accept tokens that we refuse."""
    validator = oauth2_settings.OAUTH2_VALIDATOR_CLASS
    if isinstance(validator, type) and issubclass(validator, import_string(VALIDATOR)):
        return []
    return [
        Error(
            'OAUTH2_PROVIDER["OAUTH2_VALIDATOR_CLASS"] is not ours, so DOT would accept what is revoked here.',
            hint=f"Take the setting out, or derive its class from {VALIDATOR}.",
            id="oauth_provider.E003",
        )
    ]


@register(Tags.urls)
def check_dot_urls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E004: a URL of DOT's that issues, introspects or revokes is still mounted."""
    return [
        Error(
            f"{route} is still served by django-oauth-toolkit ({name}), past the rules of oauth_provider.",
            hint='Take include("oauth2_provider.urls") out; include("oauth_provider.bridge.urls") serves its paths.',
            id="oauth_provider.E004",
        )
        for route, name in _dot_urls(get_resolver(), "/")
    ]


@register(Tags.compatibility)
def check_inherited(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W096: one of our settings replaces a setting of DOT's. W097: a setting of DOT's cannot be changed here."""
    return [
        Warning(
            f'OAUTH2_PROVIDER["{name}"] is {inherited.fate.value} here: {inherited.words}.',
            hint="Take it out of OAUTH2_PROVIDER, or have it say what holds anyway (docs/reference/dot-settings.md).",
            id="oauth_provider.W097" if inherited.fate is Fate.REFUSED else "oauth_provider.W096",
        )
        for name, inherited in ineffective_settings().items()
    ]


@register(Tags.security)
def check_token_people(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W053, W054: a middleware or backend makes ``request.user`` from a token.

    Our pages ignore it; a project's do not.
    """
    middleware = [path for path in settings.MIDDLEWARE if is_derived(path, TOKEN_MIDDLEWARE)]
    backends = [path for path in settings.AUTHENTICATION_BACKENDS if is_token_backend(path)]
    return [
        *(
            Warning(
                f"MIDDLEWARE names {path}: an access token is request.user on every page of the project.",
                hint="Take it out, and guard APIs by oauth_provider.resource_server or oauth_provider.rest_framework.",
                id="oauth_provider.W053",
            )
            for path in middleware
        ),
        *(
            Warning(
                f"AUTHENTICATION_BACKENDS names {path}, which knows people by access tokens and signs nobody in.",
                hint="Take it out. A project whose middleware needs it puts it last; sessions that it made are over.",
                id="oauth_provider.W054",
            )
            for path in backends
        ),
    ]


def _dot_urls(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _dot_urls(pattern, route)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            for base in getattr(view, "__mro__", ()):
                if base.__module__.startswith("oauth2_provider.views") and base.__name__ in DOT_VIEWS:
                    yield route, base.__name__
                    break
