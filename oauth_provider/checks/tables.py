"""Checks of the tables that a project adds to: grants (RFC 6749 §4.5) and client authentication methods (§2.3.2)."""

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.checks.registration import register
from oauth_provider.clients.authentication.table import methods
from oauth_provider.grants.table import grants


@register()
def check_grants(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E105: the table of grants cannot be loaded, so the token endpoint serves nobody."""
    hint = "Each is the dotted path of a module with grant_type, parameters, read and decide."
    return _load(grants, hint, "oauth_provider.E105")


@register()
def check_authentication_methods(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E106: the table of authentication methods cannot be loaded, so no client can authenticate."""
    hint = "Each is the dotted path of a module with METHOD, credentials and verify."
    return _load(methods, hint, "oauth_provider.E106")


def _load(table: Callable[[], Any], hint: str, number: str) -> list[CheckMessage]:
    try:
        table()
    except ImproperlyConfigured as error:
        return [Error(f"OAUTH_PROVIDER: {error}", hint=hint, id=number)]
    return []
