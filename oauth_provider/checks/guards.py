"""Checks of the API in the same project (RFC 6750 §3.1): its views declare scopes, and the scopes exist."""

from typing import Any

from django.core import checks as framework
from django.core.checks import CheckMessage, Error, Tags
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.checks.missing_scopes import missing_scopes
from oauth_provider.checks.registration import register
from oauth_provider.protocol.spelling import with_guess
from oauth_provider.registry.scope import configured_scopes
from oauth_provider.resource_server.checks import CHECKS, DEPLOY_CHECKS, URL_CHECKS
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.inspection import inspections
from oauth_provider.tokens.verifier import verify

VERIFIER = f"{verify.__module__}.{verify.__name__}"

for check in CHECKS:
    framework.register(check, Tags.security)
for check in DEPLOY_CHECKS:
    framework.register(check, Tags.security, deploy=True)
for check in URL_CHECKS:
    framework.register(check, Tags.urls)


@register(Tags.urls)
def check_scopes_exist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E041: a view asks for a scope that cannot be granted, so nobody can call it."""
    try:
        if conf.verifier_path != VERIFIER:
            return []  # the tokens of another server bring their own scopes
    except ImproperlyConfigured:
        return []  # E003 and E004 of the resource server say so
    found = list(inspections())
    missing = missing_scopes(scope for inspection in found for scope in inspection.scopes)
    return [
        Error(
            f"{inspection.view} needs the scope {scope!r}, which there is not.",
            hint=with_guess(
                scope,
                configured_scopes(),
                f'Correct it, or add {scope!r} to OAUTH_PROVIDER["SCOPES"], where the scopes of views of this project '
                "belong: those of the admin are not in the next database.",
            ),
            id="oauth_provider.E041",
        )
        for inspection in found
        for scope in inspection.scopes
        if scope in missing
    ]
