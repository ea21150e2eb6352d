"""The reference of the tables: every model with its columns, from the models and their help texts."""

from django.apps import apps
from django.db.models import Field, Model

from docs._ext.reference import words


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
    named = "" if str(field.verbose_name).lower() == field.name.replace("_", " ") else str(field.verbose_name)
    return [f"`{field.column}`", kind, ", ".join(traits), words.escape(str(field.help_text) or named)]
