"""System checks of the resource server: one function per concern, permanent ids, always a hint."""

import sys
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.resource_server.conf import NAME, conf


def check_verifier(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: nothing verifies tokens. E003: what was named to do so cannot be used."""
    try:
        if conf.verifier_path is None:
            return [
                Error(
                    "No access token can be verified.",
                    hint=f'Set {NAME}["VERIFIER"] to the dotted path of a verifier, or add "oauth_provider" '
                    "to INSTALLED_APPS, which brings its own.",
                    id="oauth_resource_server.E001",
                )
            ]
        _ = conf.verifier
    except ImproperlyConfigured as problem:
        hint = "It must be the dotted path of a callable that takes a token and returns an AccessToken."
        return [Error(str(problem), hint=hint, id="oauth_resource_server.E003")]
    return []


def check_unauthenticated_user(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: DRF would import the models of django.contrib.auth, which is not installed."""
    uses_drf = apps.is_installed("rest_framework") or "rest_framework" in sys.modules
    if not uses_drf or apps.is_installed("django.contrib.auth"):
        return []
    options = getattr(settings, "REST_FRAMEWORK", None) or {}
    if options.get("UNAUTHENTICATED_USER", "django.contrib.auth.models.AnonymousUser") is None:
        return []
    return [
        Error(
            "Django REST framework needs django.contrib.auth for calls that nobody authenticated.",
            hint='Set REST_FRAMEWORK["UNAUTHENTICATED_USER"] to None, or add "django.contrib.auth" to INSTALLED_APPS.',
            id="oauth_resource_server.E002",
        )
    ]


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E004: a setting that is misspelt or has an impossible value."""
    try:
        unknown = [key for key in conf.project if key not in conf.KEYS]
        _ = conf.realm
    except ImproperlyConfigured as problem:
        return [Error(str(problem), hint=f"Correct {NAME}.", id="oauth_resource_server.E004")]
    hint = f"The keys are {', '.join(conf.KEYS)}."
    return [Error(f"{NAME} has no key {key!r}.", hint=hint, id="oauth_resource_server.E004") for key in unknown]


CHECKS = (check_verifier, check_unauthenticated_user, check_settings)
