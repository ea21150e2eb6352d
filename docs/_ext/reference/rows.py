"""The reference of the tables: every model with its columns, from the models, their help texts and ``columns.toml``."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db.models import Field, Model

from docs._ext.reference import words

# What columns hold that have no help text, by model and name.
WORDS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "columns.toml").read_text())
ANY = "any"


def section() -> str:
    """Return a section for each table of the provider."""
    return "\n\n".join(_table(model) for model in apps.get_app_config("oauth_provider").get_models())


def _table(model: type[Model]) -> str:
    meta = model._meta
    rows = [_row(field) for field in meta.concrete_fields]
    about = words.markdown((model.__doc__ or "").split("\n\n")[0])
    head = f"## `{meta.db_table}`\n\n`oauth_provider.models.{model.__name__}`. {about}"
    return "\n\n".join([head, words.table(["column", "type", "", ""], rows)])


def _row(field: "Field[object, object]") -> list[str]:
    target = field.related_model
    kind = f"→ `{target._meta.db_table}`" if isinstance(target, type) else type(field).__name__
    held = {"key": field.primary_key, "unique": field.unique and not field.primary_key, "may be null": field.null}
    traits = [name for name, holds in held.items() if holds]
    return [f"`{field.column}`", kind, ", ".join(traits), words.escape(str(field.help_text)) or words_of(field)]


def words_of(field: "Field[object, object]") -> str:
    """Return what is written of a column without a help text, as Markdown; "" where that was forgotten."""
    return WORDS.get(field.model.__name__, {}).get(field.name) or WORDS[ANY].get(field.name, "")
