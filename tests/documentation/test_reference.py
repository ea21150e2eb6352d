"""The reference that is made from the code is whole: each thing is there once, with words for people."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.urls import reverse

from docs._ext.from_code import FROM_CODE, expand
from docs._ext.reference import SECTIONS, checks, commands, happenings, python_api, reasons, settings
from docs._ext.reference.rows import ANY, WORDS, words_of
from oauth_provider.conf import NAMES
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.conf import ResourceServerSettings
from tests.documentation.blocks import ROOT, pages
from tests.each import each

# The code is read once for all of them.
pytestmark = pytest.mark.xdist_group("reference")

PACKAGE = ROOT / "oauth_provider"
REFERENCE = ROOT / "docs" / "reference"


def cells(markdown: str) -> list[list[str]]:
    """The rows of the tables in ``markdown``."""
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_every_section_is_asked_for_by_one_page_and_every_page_asks_for_one_that_is_made() -> None:
    asked = [name for page in pages() for name in FROM_CODE.findall(page.read_text())]
    assert sorted(asked) == sorted(SECTIONS)


@each("name", SECTIONS)
def test_a_section_is_neither_empty_nor_broken(name: str) -> None:
    text = SECTIONS[name]()
    assert len(text.splitlines()) > 2
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table


# -- settings ------------------------------------------------------------------------------------------------


def test_every_setting_has_a_kind_a_default_and_a_summary() -> None:
    found = [*settings.provider().values(), *settings.resource_server().values()]
    assert [one.name for one in found] == [*sorted(NAMES), *sorted(ResourceServerSettings.KEYS)]
    for one in found:
        assert one.kind
        assert one.default
        assert len(one.summary) > 10
        assert "Default" not in one.summary


@each(
    ("name", "kind", "default"),
    [
        ("AUTHORIZATION_CODE_LIFETIME", "a whole number", "`60`"),
        ("AUTHORIZATION_LIFETIME", "a whole number, or None", "`None` (no end)"),
        ("CACHE", "a text", '`"default"`'),
        ("CLIENT_ADDRESS", "a dotted path", "`REMOTE_ADDR`"),
        ("RESOURCES", "a dictionary", "none"),
        ("SESSION_MANAGEMENT", "True or False", "`True`"),
    ],
)
def test_a_setting_is_described_as_its_property_has_it(name: str, kind: str, default: str) -> None:
    one = settings.provider()[name]
    assert (one.kind, one.default) == (kind, default)


def test_type_and_default_stand_below_the_heading_of_each_setting() -> None:
    page = REFERENCE / "settings.md"
    text = expand(page.read_text(), page)
    for one in settings.provider().values():
        assert f"\n## `{one.name}`\n\n*{one.kind}* · default: {one.default}\n" in text


# -- checks --------------------------------------------------------------------------------------------------


def test_every_id_of_a_check_is_explained_with_a_hint() -> None:
    given = {
        name
        for path in PACKAGE.rglob("*.py")
        if "check" in path.as_posix()
        for name in re.findall(r'"(oauth_(?:provider|resource_server)\.[EIW]\d+)"', path.read_text())
    }
    found = {one.id: one for one in checks.checks()}
    assert len(given) > 80
    assert given - set(found) == set()
    assert [one.id for one in found.values() if not one.meaning or not one.when] == []


def test_a_check_is_described_as_the_source_has_it() -> None:
    found = {one.id: one for one in checks.checks()}
    one = found["oauth_provider.E001"]
    assert (one.level, one.when) == ("error", "`check --deploy`")
    assert one.says == r"OAUTH\_PROVIDER\[\"ISSUER\"\] is not set.".replace(r"\"", '"')
    assert found["oauth_provider.W085"].when.startswith("`check --database default`")
    assert "AUTHORIZATION" in found["oauth_resource_server.E042"].hint
    assert "INTROSPECTION" in found["oauth_resource_server.E043"].hint
    assert found["oauth_provider.E105"].hint.startswith("Each is the dotted path of a module")


# -- errors, events ------------------------------------------------------------------------------------------


def test_every_reason_is_there_once_with_its_words_and_an_error() -> None:
    rows = cells(reasons.section())
    told = {row[0].strip("`"): row for row in rows if row[0].startswith("`")}
    expected = [one for one in Reason if one is not Reason.UNSPECIFIED]
    assert list(told) == [one.code for one in expected]
    for one in expected:
        assert told[one.code][1], one
        assert told[one.code][2].replace("\\", "") == one.text


@each(
    ("code", "errors"),
    [
        ("parameter_missing", "`invalid_grant`, `invalid_request`"),
        ("code_replayed", "`invalid_grant`"),
        ("refresh_token_of_another_client", "`invalid_grant`"),
        ("token_missing", "`invalid_token`"),
        ("client_unknown", "`invalid_client`"),
        ("database_away", "`temporarily_unavailable`"),
    ],
)
def test_a_reason_comes_with_the_errors_that_it_is_given_with(code: str, errors: str) -> None:
    assert [row[1] for row in cells(reasons.section()) if row[0] == f"`{code}`"] == [errors]


def test_every_event_and_every_signal_is_there() -> None:
    kinds = [row[0] for row in cells(happenings.event_table())[1:]]
    assert kinds == [f"`{cls.kind()}`" for cls in happenings.classes()]
    assert ["`consent_given`", "`consent_given`"] in [row[:2] for row in cells(happenings.signal_table())]


# -- the rest ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["urls", "urls of accounts"])
def test_a_path_is_the_one_that_its_name_leads_to(section: str) -> None:
    """In the project of the tests, which includes them at its root."""
    for path, name, words in cells(SECTIONS[section]())[1:]:
        assert words
        if name and "<" not in path and section == "urls":
            assert reverse(f"oauth_provider:{name.strip('`')}").rstrip("/") == path.strip("`")


def test_every_column_says_what_it_holds_and_nothing_is_said_of_what_is_gone() -> None:
    fields = [
        field for one in apps.get_app_config("oauth_provider").get_models() for field in one._meta.concrete_fields
    ]
    assert [
        f"{field.model.__name__}.{field.name}" for field in fields if not (field.help_text or words_of(field))
    ] == []
    there = {(field.model.__name__, field.name) for field in fields if not field.help_text}
    assert [
        (name, column)
        for name, table in WORDS.items()
        if name != ANY
        for column in table
        if (name, column) not in there
    ] == []


def test_every_table_and_every_command_is_there() -> None:
    text = SECTIONS["tables"]()
    for model in apps.get_app_config("oauth_provider").get_models():
        assert f"## `{model._meta.db_table}`" in text
        for field in model._meta.concrete_fields:
            assert f"| `{field.column}` |" in text
    names = [name for name, app in get_commands().items() if app == "oauth_provider"]
    assert sorted(re.findall(r"^## (\w+)$", commands.section(), re.MULTILINE)) == sorted(names)


def test_what_is_said_to_be_public_can_be_imported_and_has_a_docstring() -> None:
    """And is in words in what programs read."""
    found = python_api.in_words(python_api.section())
    assert "eval-rst" not in found
    for modules in python_api.PUBLIC.values():
        for module, names in modules.items():
            assert f"### {module}\n" in found
            for name in names:
                assert re.search(rf"^(class|def) {name}\b", found, re.MULTILINE), name


def test_every_name_that_a_how_to_imports_is_public() -> None:
    """A reader who pastes it relies on it."""
    public: dict[str, Any] = {m: set(names) for modules in python_api.PUBLIC.values() for m, names in modules.items()}
    open_modules = {"oauth_provider", "oauth_provider.models", "oauth_provider.admin", "oauth_provider.signals"}
    open_modules |= {"oauth_provider.urls", "oauth_provider.events.event", "oauth_provider.management.commands"}
    missing = set()
    docs = ROOT / "docs"
    found = [*docs.glob("how-to/*.md"), *docs.glob("tutorial/*.md"), *docs.glob("examples/**/*.py"), ROOT / "README.md"]
    for page in found:
        visible = re.sub(r"<!--.*?-->", "", page.read_text(), flags=re.DOTALL)
        for module, names in re.findall(r"^from (oauth_provider[\w.]*) import (.+)$", visible, re.MULTILINE):
            for name in re.findall(r"\w+", names.partition("#")[0].partition(" as ")[0]):
                if module not in open_modules and name not in public.get(module, ()):
                    missing.add(f"{Path(page).name}: {module}.{name}")
    assert missing == set()
