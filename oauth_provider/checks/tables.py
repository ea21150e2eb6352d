"""Checks of the tables that a project adds to: grants (RFC 6749 §4.5), client authentication (§2.3.2), the outbox."""

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from oauth_provider.checks.registration import register
from oauth_provider.clients.authentication.table import methods
from oauth_provider.conf import provider_settings
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


@register()
def check_outbox_kinds(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E107: nothing sends the messages of a kind, so that each would be given up in the end."""
    hint = "Each kind has the dotted path of a function that takes the payload and sends it."
    found: list[CheckMessage] = []
    for kind, path in provider_settings.OUTBOX_KINDS.items():
        try:
            problem = "" if callable(import_string(path)) else f"{path} is no function."
        except (ImportError, AttributeError) as error:  # the latter where it is no text
            problem = str(error)
        if problem:
            message = f'OAUTH_PROVIDER["OUTBOX_KINDS"], {kind!r}: {problem}'
            found.append(Error(message, hint=hint, id="oauth_provider.E107"))
    return found


def _load(table: Callable[[], Any], hint: str, number: str) -> list[CheckMessage]:
    try:
        table()
    except ImproperlyConfigured as error:
        return [Error(f"OAUTH_PROVIDER: {error}", hint=hint, id=number)]
    return []
