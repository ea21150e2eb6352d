"""Check of templates (RFC 9700 §4.16): the pages that people are shown are found."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from oauth_provider.checks.registration import register
from oauth_provider.checks.urls import is_mounted

DJANGO = "django.template.backends.django.DjangoTemplates"
LOADER = "django.template.loaders.app_directories.Loader"
# The one that the others stand on. A project may have its own of each.
BASE = "oauth_provider/base.html"


@register(Tags.templates)
def check_templates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E117: our templates are not found, so every page fails."""
    if not is_mounted("oauth_provider:authorize"):
        return []
    try:
        get_template(BASE)
    except TemplateDoesNotExist:
        return [
            Error(
                "The templates of oauth_provider are not found: every page of the provider fails.",
                hint=_remedy(),
                id="oauth_provider.E117",
            )
        ]
    except TemplateSyntaxError as error:  # of the project's own base.html
        return [
            Error(
                f"The template {BASE} cannot be parsed: {error}",
                hint="Mend it, or take it out: there is one in oauth_provider.",
                id="oauth_provider.E117",
            )
        ]
    return []


def _remedy() -> str:
    engines: list[dict[str, Any]] = [{"BACKEND": "", "OPTIONS": {}} | engine for engine in settings.TEMPLATES]
    ours = [engine for engine in engines if engine["BACKEND"] == DJANGO]
    if not ours:
        return f'Add {{"BACKEND": "{DJANGO}", "APP_DIRS": True}} to TEMPLATES.'
    if "loaders" in ours[0]["OPTIONS"]:
        return f'Add "{LOADER}" to the loaders in TEMPLATES.'
    return 'Set "APP_DIRS": True in TEMPLATES.'
