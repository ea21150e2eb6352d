"""Undocumented names that we lean on are listed in one file, which is read before anything breaks."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import Signal

from oauth_provider import private_api

PACKAGE = Path(private_api.__file__).parent
LISTED = {**private_api.DJANGO, **private_api.PSYCOPG, **private_api.ADMIN, **private_api.OTHERS}
# Modules whose contents Django and DRF document nowhere, or only in part.
UNDOCUMENTED = (
    "django.contrib.admin.options",
    "django.contrib.admin.utils",
    "django.contrib.admin.widgets",
    "django.db.backends",
    "django.db.models.base",
    "django.db.models.fields",
    "django.db.models.query_utils",
    "django.db.models.sql",
    "django.forms.fields",
    "django.template.backends",
    "psycopg._preparing",
)
# What objects of theirs are called in our code, and what of them is documented.
DOCUMENTED = {
    "connection": {"vendor", "alias", "cursor", "get_autocommit", "settings_dict"},
    "_meta": {"app_label", "db_table", "get_field", "get_fields", "label", "verbose_name", "verbose_name_plural"},
    "template_backend": {"get_template"},
    "compiler": set(),
    "engine": {"get_template", "select_template", "from_string"},
    "features": set(),
    "ops": set(),
    "query": set(),
    "_state": set(),
    "signal": {"connect", "send", "send_robust"},
}
ALSO_CALLED = {
    "database": "connection",
    "meta": "_meta",
    **dict.fromkeys(("pre_init", "post_init", "pre_save", "post_save"), "signal"),
}
# Documented although they begin with an underscore, or not theirs at all: a tuple's, and methods of classes of ours.
PUBLIC = {
    *("_meta", "_base_manager", "_default_manager", "_state"),
    *("_replace", "_meaning", "_public", "_rows", "_standing"),
    "_value_",  # of an enumeration
    "_has_been_logged",  # of a response, for log_response, which is listed
}
# Its connections are urllib3's.
NOT_THEIRS = {"fetch.py"}


def files() -> list[Path]:
    found = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    return [path for path in found if path.name != "private_api.py"]


def called(node: ast.expr) -> str | None:
    """The name by which our code calls an object; that of ``connections[alias]`` is ``connection``."""
    if isinstance(node, ast.Subscript):
        return "connection" if called(node.value) == "connections" else None
    if isinstance(node, ast.Attribute) and node.attr == "connection":
        return None  # psycopg's own, which is documented
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
    return ALSO_CALLED.get(name or "", name)


def undocumented(tree: ast.AST) -> set[str]:
    """Every name in ``tree`` that only the source of Django, DRF or DOT tells of."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(UNDOCUMENTED):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            receiver, name = called(node.value), node.attr
            is_private = name.startswith("_") and not name.startswith("__") and receiver not in ("self", "cls")
            if name not in DOCUMENTED.get(receiver or "", {name}) or (is_private and name not in PUBLIC):
                found.add(name)
    return found


def last(name: str) -> str:
    return name.rpartition(":")[2].rpartition(".")[2]


def test_everything_listed_is_there() -> None:
    assert list(private_api.missing(LISTED)) == []


def test_every_use_is_listed() -> None:
    listed, used = {last(name) for name in LISTED}, dict[str, set[str]]()
    for path in files():
        place = path.relative_to(PACKAGE).as_posix()
        for name in undocumented(ast.parse(path.read_text())) if place not in NOT_THEIRS else ():
            used.setdefault(name, set()).add(place)

    # Listed by what we read of them.
    documented = {"CursorWrapper", "DjangoTemplates", "ModelState", "Model", "Query"}
    assert {name: places for name, places in used.items() if name not in listed | documented} == {}


def test_every_listed_name_is_used_where_the_list_says() -> None:
    def is_used(name: str) -> bool:
        place = PACKAGE / LISTED[name]
        files = [place] if place.is_file() else place.rglob("*.py")
        return any(last(name) in path.read_text() for path in files)

    assert [name for name in LISTED if not is_used(name)] == []


def test_the_walk_sees_what_it_is_to_see() -> None:
    source = "connections[a].pool\nmeta.local_fields\nx._secret\nfrom django.db.models.sql import Query\nself._own"

    assert undocumented(ast.parse(source)) == {"pool", "local_fields", "_secret", "Query"}


def test_a_release_without_a_name_is_told_of_in_one_line(monkeypatch: Any) -> None:
    monkeypatch.delattr(Signal, "_live_receivers")

    with pytest.raises(ImproperlyConfigured) as refused:
        apps.get_app_config("oauth_provider").import_models()

    text = str(refused.value)
    assert "django.dispatch.Signal._live_receivers (needed in sql/model.py)" in text
    assert "Django " in text
    assert "django-oauth-toolkit " in text
    assert "\n" not in text


def test_a_module_that_is_gone_is_told_of_as_well() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"oauth2_provider\.gone\.Thing \(needed in bridge\)"):
        private_api.require({"oauth2_provider.gone:Thing": "bridge"})
