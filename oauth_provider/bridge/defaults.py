"""The places that DOT leaves to a project and that are ours where the project names nobody (RFC 6750 §3)."""

from django.apps import apps
from oauth2_provider.settings import oauth2_settings

PLACES = {
    "OAUTH2_VALIDATOR_CLASS": "oauth_provider.bridge.validator.BridgeValidator",
    "SCOPES_BACKEND_CLASS": "oauth_provider.bridge.scopes.RegistryScopes",
}


def take_places() -> None:
    """Become DOT's defaults; what the project set stays."""
    for name, path in PLACES.items():
        oauth2_settings.defaults[name] = path
        if name in oauth2_settings._cached_attrs and name not in oauth2_settings.user_settings:
            oauth2_settings._cached_attrs.discard(name)
            delattr(oauth2_settings, name)
    if apps.is_installed("rest_framework"):
        recognise_authentication()


def recognise_authentication() -> None:
    """Let DOT's ``IsAuthenticatedOrTokenHasScope`` know a token of ours for a token.

    It asks whether DOT's class authenticated the request, and lets everybody else in without a scope.
    """
    from oauth2_provider.contrib.rest_framework import permissions
    from oauth2_provider.contrib.rest_framework.authentication import OAuth2Authentication

    from oauth_provider.rest_framework.authentication import OAuthAuthentication

    permissions.OAuth2Authentication = (OAuth2Authentication, OAuthAuthentication)
