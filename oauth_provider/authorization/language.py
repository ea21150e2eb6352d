"""The language of a page (OpenID Connect Core §3.1.2.1, ``ui_locales``): the first one listed that we have.

A language is one of ours if a catalogue says so: of these pages, or of the project's own. Each translates the text
below, by which it names itself, so that ``lang`` and ``dir`` of a page are those of its sentences.
"""

from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.utils.translation import get_supported_language_variant, override, pgettext

# More than anybody speaks: the rest is not looked up.
MOST_LOCALES = 20


def speaking(ui_locales: str) -> AbstractContextManager[None]:
    """Render in the first language of ``ui_locales`` that there is, else in the usual one."""
    language = first_spoken(ui_locales)
    return override(language) if language is not None else nullcontext()


def first_spoken(ui_locales: str) -> str | None:
    """The first language of ``ui_locales`` (BCP 47 tags, best first) that ``LANGUAGES`` offers and we speak."""
    if not settings.USE_I18N:
        return None
    for tag in ui_locales.split()[:MOST_LOCALES]:
        try:
            language = get_supported_language_variant(tag.lower())
        except (LookupError, ValueError):
            continue
        if is_spoken(language):
            return language
    return None


def page_language() -> str:
    """Return the language, as Django calls it, that our sentences are in: English where there is no catalogue."""
    return pgettext("the language of this catalogue, as Django calls it", "en")


def is_spoken(language: str) -> bool:
    """Is there a catalogue for ``language``, or for the one that it is a variant of?"""
    with override(language):
        ours = page_language()
    return language == ours or language.startswith(f"{ours}-")


def is_right_to_left(language: str) -> bool:
    """Is ``language`` written from right to left?"""
    return language.partition("-")[0] in settings.LANGUAGES_BIDI
