"""Defaults of DOT's settings that name our classes, for projects that set none (RFC 6750 §3)."""

import sys
from typing import Any

from oauth2_provider.settings import oauth2_settings

from oauth_provider.conf import provider_settings

DOT_DEFAULTS = {
    "OAUTH2_VALIDATOR_CLASS": "oauth_provider.bridge.validator.BridgeValidator",
    "SCOPES_BACKEND_CLASS": "oauth_provider.bridge.scopes.RegistryScopes",
    "RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR": "oauth_provider.bridge.audience.is_allowed",
}
# What RFC 9700 forbids and DOT does unless told not to: none of it is served here, nor warned of by DOT's check.
FORBIDDEN = {
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}
BACKENDS = "oauth2_provider.backends"
REDIRECT_URI_SCHEME = "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME"


def install_dot_defaults() -> None:
    """Replace DOT's defaults by ours; settings of the project stay.

    Cached values are dropped, and used classes replaced.
    """
    for name, value in (DOT_DEFAULTS | FORBIDDEN).items():
        if name == "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE" and oauth2_settings.REFRESH_TOKEN_GRACE_PERIOD_SECONDS:
            continue  # DOT cannot have both
        oauth2_settings.defaults[name] = value
        if name in oauth2_settings._cached_attrs and name not in oauth2_settings.user_settings:
            oauth2_settings._cached_attrs.discard(name)
            delattr(oauth2_settings, name)
    renew_backend()
    limit_backend()
    guard_decorators()
    recognise_authentication()
    guard_middleware()
    correct_deploy_check()


def renew_backend() -> None:
    """Make DOT's authentication backend use the configured core.

    It is chosen on import, perhaps before ours was set.
    """
    if BACKENDS in sys.modules:
        from oauth2_provider.oauth2_backends import get_oauthlib_core

        sys.modules[BACKENDS].OAuthLibCore = get_oauthlib_core()  # type: ignore[attr-defined]  # DOT's own name


def limit_backend() -> None:
    """Let DOT's backend, and subclasses of it, identify people by tokens, but sign nobody in."""
    from oauth2_provider.backends import OAuth2Backend

    from oauth_provider.bridge.token_backend import aget_nobody, authenticate_token, get_nobody

    OAuth2Backend.authenticate = authenticate_token
    OAuth2Backend.get_user, OAuth2Backend.aget_user = get_nobody, aget_nobody


def guard_decorators() -> None:
    """Make ``protected_resource`` and the like use the configured validator, also on views decorated before."""
    from oauth2_provider import decorators

    from oauth_provider.bridge.backend import ConfiguredCore

    decorators.OAuthLibCore = ConfiguredCore


def guard_middleware() -> None:
    """Make DOT's token middleware check what our validator checks. DOT's own compares only the checksum."""
    from oauth2_provider.middleware import OAuth2ExtraTokenMiddleware

    from oauth_provider.bridge.middleware import attach_good_token

    OAuth2ExtraTokenMiddleware.__call__ = attach_good_token


def recognise_authentication() -> None:
    """Let DOT's ``IsAuthenticatedOrTokenHasScope`` recognise our tokens as tokens.

    It asks whether DOT's class authenticated the request, and lets all other callers pass without a scope.
    """
    from oauth2_provider.contrib.rest_framework import permissions
    from oauth2_provider.contrib.rest_framework.authentication import OAuth2Authentication

    from oauth_provider.rest_framework.authentication import OAuthAuthentication

    permissions.OAuth2Authentication = (OAuth2Authentication, OAuthAuthentication)


def correct_deploy_check() -> None:
    """Let DOT's check of RFC 9700 §2.6 warn of http redirect URIs where a code would be sent to one.

    DOT looks for the scheme in a list, which has to hold it for apps on loopback addresses (RFC 8252 §7.3).
    """
    from oauth2_provider import checks

    for index, (gate, _is_insecure, *texts) in enumerate(checks._BCP_CONFIG_GATES):
        if gate == REDIRECT_URI_SCHEME:
            checks._BCP_CONFIG_GATES[index] = (gate, sends_codes_by_http, *texts)


def sends_codes_by_http(settings_of_dot: Any) -> bool:
    """May an http redirect URI of another machine be registered and used?"""
    return provider_settings.LEGACY_HTTP_REDIRECT_URIS and "http" in settings_of_dot.ALLOWED_REDIRECT_URI_SCHEMES
