"""Checks of the views that take access tokens (RFC 6750 §3.1), wherever the URLs of the project have them."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning

from oauth_provider.resource_server.inspection import Inspection, inspections

# More of the same say no more.
MAX_MESSAGES = 10


def check_declarations(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E040: scopes of a view are missing or misspelt. It refuses the calls concerned until that is repaired."""
    return [
        Error(
            f"{inspection.view} {problem}",
            hint='Write scopes = {...} by action ("list") or method ("GET"), put @requires_scopes on what answers '
            'it, or name the scopes in the permission: HasScopes("...").',
            id="oauth_resource_server.E040",
        )
        for inspection in inspections()
        for problem in inspection.problems
    ]


def check_any_token(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W040: a view takes access tokens without asking for a scope."""
    return [
        Warning(
            f"{inspection.view} lets any access token act for its user, whatever its scope.",
            hint='Add HasScopes("...") to its permissions.',
            id="oauth_resource_server.W040",
        )
        for inspection in inspections()
        if inspection.takes_any_token
    ]


def check_open(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W124: a view authenticates by access tokens, and answers callers without one, too."""
    messages: list[CheckMessage] = [
        Warning(
            f"{inspection.view} takes access tokens and asks for none: anybody may call {_listed(inspection)}.",
            hint='Add permission_classes = [HasScopes("...")], or [AllowAny] where that is meant. '
            'REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] decides for all views that name none.',
            id="oauth_resource_server.W124",
        )
        for inspection in inspections()
        if inspection.open_methods
    ]
    return messages[:MAX_MESSAGES]


def check_closed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W125: a view asks for scopes, and no class of it takes access tokens, so that nobody gets in."""
    messages: list[CheckMessage] = [
        Warning(
            f"{inspection.view} asks for scopes, and none of its authentication classes takes access tokens.",
            hint="Add authentication_classes = [OAuthAuthentication] (oauth_provider.rest_framework.authentication), "
            'or name it in REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"].',
            id="oauth_resource_server.W125",
        )
        for inspection in inspections()
        if inspection.takes_no_token
    ]
    return messages[:MAX_MESSAGES]


def check_apps(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W126: the framework of a view is not installed, so it fails where a browser asks for it."""
    found = {one.needs_app: one.view for one in inspections() if one.needs_app and not apps.is_installed(one.needs_app)}
    return [
        Warning(
            f"{view} needs the templates of {app!r}, which is not in INSTALLED_APPS: it fails in a browser.",
            hint=f"Add {app!r} to INSTALLED_APPS, or take BrowsableAPIRenderer out of its renderers.",
            id="oauth_resource_server.W126",
        )
        for app, view in found.items()
    ]


def _listed(inspection: Inspection) -> str:
    return ", ".join(inspection.open_methods)


CHECKS = (check_declarations, check_any_token, check_open, check_closed, check_apps)
