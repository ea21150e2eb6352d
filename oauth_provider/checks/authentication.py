"""Checks of sign-in (OpenID Connect Core §3.1.2.3): the sign-up page, and the classes of a project's own."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch

from oauth_provider.authorization.context import AuthenticationContext, authentication_context
from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.registry.grant_context import grant_contexts


@register(Tags.urls)
def check_sign_up_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E050: the sign-up page does not exist."""
    page = provider_settings.SIGN_UP_URL
    try:
        resolve_url(page or "/")
    except NoReverseMatch:
        return [
            Error(
                f'OAUTH_PROVIDER["SIGN_UP_URL"] is {page!r}, which is no URL and no name of one.',
                hint="Name the URL pattern of the page where an account is made, or give its path.",
                id="oauth_provider.E050",
            )
        ]
    return []


@register()
def check_authentication_context(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E051: the class for the authentication context cannot be used.

    Without this check the first sign-in would fail.
    """
    path = provider_settings.AUTHENTICATION_CONTEXT
    try:
        usable = isinstance(authentication_context(), AuthenticationContext)
    except (ImportError, TypeError, AttributeError, ValueError):
        usable = False
    if usable:
        return []
    return [
        Error(
            f'OAUTH_PROVIDER["AUTHENTICATION_CONTEXT"] is {path!r}, which cannot be used.',
            hint="Give the dotted path of a subclass of oauth_provider.authorization.context.AuthenticationContext.",
            id="oauth_provider.E051",
        )
    ]


@register()
def check_grant_contexts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E108: the class for the contexts that people grant in cannot be used.

    Without this check the first sign-in would fail.
    """
    try:
        grant_contexts()
    except (ImportError, TypeError, AttributeError, ValueError) as problem:
        message = f'OAUTH_PROVIDER["GRANT_CONTEXTS"] cannot be used: {problem}'
        hint = "Give the dotted path of a subclass of oauth_provider.registry.grant_context.GrantContexts."
        return [Error(message, hint=hint, id="oauth_provider.E108")]
    return []
