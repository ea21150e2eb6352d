"""Translations of the pages for people: complete, in step with the code, and compiled (``make messages``)."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from tests.catalogues import (
    DEMO,
    LOCALES,
    PLACEHOLDER,
    PROVIDER,
    Catalogues,
    Message,
    forms_of,
    in_python,
    in_template,
    key_of,
    number_of_forms,
)

TAG = re.compile(r"</?\w[^>]*>|&\w+;")
# Words of the specifications, which no page for people uses in any language.
JARGON = re.compile(
    r"\b(?:scopes?|clients?|tokens?|grants?|OAuth|OpenID)\b|トークン|スコープ|クライアント|令牌|作用域|客户端|رمز مميز",
    re.IGNORECASE,
)
EVERY = [(catalogues, locale) for catalogues in (PROVIDER, DEMO) for locale in LOCALES]
each_catalogue = pytest.mark.parametrize(
    ("catalogues", "locale"), EVERY, ids=[f"{catalogues.folder.name}-{locale}" for catalogues, locale in EVERY]
)


def faults(entry: polib.POEntry, locale: str) -> Iterator[str]:
    """What is wrong with the translation of one text."""
    forms = forms_of(entry)
    if entry.fuzzy or entry.obsolete:
        yield "fuzzy or obsolete"
    if not all(forms):
        yield "not translated"
        return
    if len(forms) != (number_of_forms(locale) if entry.msgid_plural else 1):
        yield f"{len(forms)} forms of the plural"
    text = entry.msgid_plural or entry.msgid
    for place, form in enumerate(forms):
        lost = Counter(PLACEHOLDER.findall(text)) - Counter(PLACEHOLDER.findall(form))
        may_say_it_in_words = bool(entry.msgid_plural) and is_of_one_number(locale, place)
        if lost and not (may_say_it_in_words and lost.total() == 1):
            yield f"lost in form {place}: {sorted(lost)}"
        if Counter(PLACEHOLDER.findall(form)) - Counter(PLACEHOLDER.findall(text)):
            yield f"made up in form {place}"
        tags, translated = (set(TAG.findall(one)) for one in (text, form))
        if translated != tags and not may_say_it_in_words:
            yield f"other tags in form {place}: {sorted(tags ^ translated)}"
        if nesting(form) is None:
            yield f"tags of form {place} are not closed in order"
        if form.strip() != form and entry.msgid.strip() == entry.msgid:
            yield f"white space around form {place}"


def nesting(text: str) -> int | None:
    """How many elements ``text`` has; None where they are not closed in the order in which they were opened."""
    opened: list[str] = []
    count = 0
    for closing, name in re.findall(r"<(/?)(\w+)", text):
        if not closing and name != "br":
            opened.append(name)
            count += 1
        elif closing and (not opened or opened.pop() != name):
            return None
    return None if opened else count


def is_of_one_number(locale: str, form: int) -> bool:
    """Does this form of the plural stand for a single number, which it may say in words? Zero beside one counts not."""
    from gettext import c2py  # type: ignore[attr-defined]

    rule = c2py(LOCALES[locale].partition("plural=")[2].rstrip(";"))
    return len([number for number in range(1, 200) if rule(number) == form]) <= 1


@each_catalogue
def test_every_text_is_translated_with_its_placeholders_and_tags(catalogues: Catalogues, locale: str) -> None:
    catalogue = polib.pofile(str(catalogues.path(locale)))
    assert [f"{entry.msgid}: {fault}" for entry in catalogue for fault in faults(entry, locale)] == []


@each_catalogue
def test_a_catalogue_has_the_texts_of_today_and_no_others(catalogues: Catalogues, locale: str) -> None:
    catalogue = polib.pofile(str(catalogues.path(locale)))
    assert {key_of(entry) for entry in catalogue} == set(catalogues.messages()), "make messages"
    assert catalogue.metadata["Plural-Forms"] == LOCALES[locale]


@each_catalogue
def test_a_catalogue_is_compiled(catalogues: Catalogues, locale: str) -> None:
    path = catalogues.path(locale)
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert {key_of(entry): forms_of(entry) for entry in compiled} == {
        key_of(entry): forms_of(entry) for entry in polib.pofile(str(path))
    }, "make messages"


@pytest.mark.parametrize("catalogues", [PROVIDER, DEMO], ids=["provider", "demo"])
def test_every_place_with_texts_is_for_people_or_for_others(catalogues: Catalogues) -> None:
    """A new module or folder has to be put into one of the two lists of ``tests/catalogues.py``."""
    assert catalogues.strays() == []
    found = {path.parent.parent.name for path in (catalogues.folder / "locale").rglob("*.po")}
    assert found == set(LOCALES)


def test_no_page_for_people_speaks_of_clients_and_tokens() -> None:
    known = PROVIDER.messages_of_people()
    texts = [(message.text, message.plural) for message in known]
    entries = [entry for locale in LOCALES for entry in polib.pofile(str(PROVIDER.path(locale)))]
    texts += [tuple(forms_of(entry)) for entry in entries if key_of(entry) in known]
    said = [re.sub(r"%\(\w+\)s|<[^>]*>", "", text) for forms in texts for text in forms]
    assert [text for text in said if JARGON.search(text)] == []


def test_each_catalogue_names_its_own_language() -> None:
    """By which a page knows what ``lang`` and ``dir`` to say."""
    for locale in LOCALES:
        catalogue = polib.pofile(str(PROVIDER.path(locale)))
        own = next(entry.msgstr for entry in catalogue if entry.msgctxt and entry.msgid == "en")
        assert own == locale.lower().replace("_", "-")


# What extraction finds.


def test_texts_of_a_template_are_found_as_they_are_looked_up() -> None:
    source = """
    {% load i18n %}{% translate "100% sure" %} {% translate 'So "fine"' context "mood" %} {{ x|default:_("None") }}
    {% blocktranslate trimmed %}
      Two
      lines of {{ name }}
    {% endblocktranslate %}{% blocktranslate count n=x %}{{ n }} app{% plural %}{{ n }} apps{% endblocktranslate %}
    {# {% translate "left out" %} #}"""
    assert list(in_template(source)) == [
        Message("100%% sure"),
        Message('So "fine"', context="mood"),
        Message("None"),
        Message("Two lines of %(name)s"),
        Message("%(n)s app", "%(n)s apps"),
    ]


def test_texts_of_a_module_are_found_with_their_class() -> None:
    source = """
a = _("one " "text")
class A:
    class B:
        b = ngettext_lazy("an app", "%d apps", "n")
    c = pgettext("mood", "fine")
"""
    assert list(in_python(source)) == [
        ("", Message("one text")),
        ("A.B", Message("an app", "%d apps")),
        ("A", Message("fine", context="mood")),
    ]


def test_a_text_that_nobody_can_find_is_an_error() -> None:
    with pytest.raises(ValueError, match="no literal"):
        list(in_python('_(f"{name} asks")'))


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "not translated"),
        ("<bdi>%(nom)s</bdi> fragt", "lost in form 0: ['%(name)s']"),
        ("<bdi>%(name)s %(name)s</bdi>", "made up in form 0"),
        ("%(name)s fragt", "other tags in form 0: ['</bdi>', '<bdi>']"),
        ("</bdi>%(name)s<bdi>", "tags of form 0 are not closed in order"),
        (" <bdi>%(name)s</bdi> fragt", "white space around form 0"),
    ],
)
def test_a_broken_translation_is_found(translation: str, fault: str) -> None:
    entry = polib.POEntry(msgid="<bdi>%(name)s</bdi> asks", msgstr=translation)
    assert fault in list(faults(entry, "de"))


def test_a_plural_may_say_one_number_in_words_and_no_more() -> None:
    entry = polib.POEntry(msgid="an app", msgid_plural="%(n)s apps")
    entry.msgstr_plural = {0: "eine App", 1: "%(n)s Apps"}
    assert list(faults(entry, "de")) == []
    entry.msgstr_plural = {0: "eine App", 1: "Apps"}
    assert list(faults(entry, "de")) == ["lost in form 1: ['%(n)s']"]
    assert list(faults(entry, "ar")) != []


def test_compiled_catalogues_are_kept_in_the_repository() -> None:
    """So that an install from a checkout, a source distribution and a wheel all have them, without any tool."""
    ignored = (Path(PROVIDER.folder).parent / ".gitignore").read_text().split()
    assert "*.mo" not in ignored
