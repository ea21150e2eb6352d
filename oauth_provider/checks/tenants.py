"""Checks of tenants: caches of a process must keep their data apart."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import connections, router
from django.utils.module_loading import import_string

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import access_token_model
from oauth_provider.sql.tenant import tenant_of


@register(Tags.models)
def check_tenant(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E072: the function in ``TENANT`` cannot be imported or called."""
    path = provider_settings.user_settings.get("TENANT")
    if not path or _is_function(path):
        return []
    return [
        Error(
            'OAUTH_PROVIDER["TENANT"] cannot be used.',
            hint="Name a function without arguments that returns the tenant of this moment, as a hashable value.",
            id="oauth_provider.E072",
        )
    ]


# Not under Tags.database: a router is asked, and no connection is opened.
@register(Tags.models)
def check_tenants_are_told_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W073: tenants cannot be told apart, because the backend makes its own cursors, so nothing is cached."""
    using = router.db_for_write(access_token_model())
    if provider_settings.user_settings.get("TENANT") or tenant_of(using) is not None:
        return []
    return [
        Warning(
            f"No keys and no tokens of {using!r} are remembered: its backend {_name(using)} makes its own cursors.",
            hint="Name a function in TENANT that returns the tenant of this moment (a constant, where there is one).",
            id="oauth_provider.W073",
        )
    ]


def _is_function(path: Any) -> bool:
    try:
        return callable(import_string(path))
    except (ImportError, AttributeError, TypeError, ValueError):
        return False


def _name(using: str) -> str:
    backend = type(connections[using])
    return f"{backend.__module__}.{backend.__qualname__}"
