"""The language of a page (OpenID Connect Core §3.1.2.1, ``ui_locales``): the first one listed that we have."""

from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.utils.translation import get_supported_language_variant, override

# More than anybody speaks: the rest is not looked up.
MOST_LOCALES = 20


def speaking(ui_locales: str) -> AbstractContextManager[None]:
    """Render in the first language of ``ui_locales`` that there is, else in the usual one."""
    language = first_spoken(ui_locales)
    return override(language) if language is not None else nullcontext()


def first_spoken(ui_locales: str) -> str | None:
    """The first language of ``ui_locales`` (BCP 47 tags, best first) that ``LANGUAGES`` offers."""
    if not settings.USE_I18N:
        return None
    for tag in ui_locales.split()[:MOST_LOCALES]:
        try:
            return get_supported_language_variant(tag.lower())
        except (LookupError, ValueError):
            continue
    return None
