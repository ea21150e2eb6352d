"""Checks of the names of settings: a misspelt one would silently have its default."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from oauth_provider.checks.registration import register
from oauth_provider.conf import NAMES, provider_settings
from oauth_provider.dot.inherited import SETTINGS as SETTINGS_OF_DOT
from oauth_provider.protocol.spelling import find_similar
from oauth_provider.resource_server.conf import NAME as RESOURCE_SERVER
from oauth_provider.resource_server.conf import conf

OURS, DOTS = "OAUTH_PROVIDER", "OAUTH2_PROVIDER"


@register()
def check_names(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E010: unknown setting. A misspelt one would silently have its default."""
    return [
        Error(f"{OURS} has no setting {name!r}.", hint=_place_of(name), id="oauth_provider.E010")
        for name in provider_settings.user_settings
        if name not in NAMES
    ]


@register()
def check_names_of_dot(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W122: a setting of ours stands in the dictionary of django-oauth-toolkit, where nobody reads it."""
    return [
        Warning(
            f'{DOTS}["{name}"] has no effect: {name} is a setting of {OURS}.',
            hint=f"Move it to {OURS}.",
            id="oauth_provider.W122",
        )
        for name in provider_settings.settings_of_dot
        if name in NAMES and name not in SETTINGS_OF_DOT
    ]


@register()
def check_dictionaries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W123: a dictionary of settings has a name that nobody reads, such as ``OAUTH_PROVIDERS``."""
    known = (OURS, RESOURCE_SERVER)
    # Who has written the right one as well may have a use of their own for the other.
    missing = [name for name in known if not hasattr(settings, name)]
    return [
        Warning(
            f"Nobody reads the setting {name}.",
            hint=f"Did you mean {similar}?",
            id="oauth_provider.W123",
        )
        for name in sorted(dir(settings))
        if name.startswith("OAUTH")
        and name not in (*known, DOTS)
        and isinstance(getattr(settings, name), dict)
        and (similar := find_similar(name, missing))
    ]


def _place_of(name: Any) -> str:
    """Return a hint that says where a setting of this name belongs, or which one was meant."""
    inherited = SETTINGS_OF_DOT.get(name) if isinstance(name, str) else None
    if inherited is not None:
        return f"It is a setting of django-oauth-toolkit, {inherited.fate.value} here: {inherited.words}."
    if name in conf.KEYS:
        return f"It is a setting of {RESOURCE_SERVER}: move it there."
    similar = find_similar(name, NAMES)
    return f"Did you mean {similar!r}?" if similar else f"The settings are {', '.join(NAMES)}."
