"""Models as the statements of this package see them: their columns, and who is told when a row is saved."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from oauth_provider.dot.names import (
    DECIDING_ACCESS_TOKEN,
    DECIDING_REFRESH_TOKEN,
    access_token_model,
    refresh_token_model,
)

# A list, since not every callable can be hashed.
_indifferent: list[Callable[..., Any]] = []


def ignores_new_rows(receiver: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that a receiver of ``pre_save`` or ``post_save`` does nothing about a row that is new."""
    _indifferent.append(receiver)
    return receiver


def has_receivers(model: type[Model]) -> bool:
    """Is anybody to be told that a new row of ``model`` is saved?"""
    for signal in (pre_save, post_save):
        receivers, async_receivers = signal._live_receivers(model)
        if async_receivers or any([receiver not in _indifferent for receiver in receivers]):
            return True
    return False


@cache
def is_plain(model: Any, using: str) -> bool:
    """Is a row one row of one table, and all that it says a value? A project's own AccessToken may be otherwise."""
    meta, features = model._meta, connections[using].features
    saves_itself = (model.save, model.save_base) != (Model.save, Model.save_base)
    are_values = all(map(_is_value, meta.concrete_fields))
    return bool(are_values and not saves_itself and not meta.parents and features.can_return_columns_from_insert)


@cache
def written_fields(model: Any) -> tuple[Any, ...]:
    """Return the fields that a new row gives values to: not its key, if that is automatic, nor generated ones."""
    meta = model._meta
    return tuple(field for field in meta.concrete_fields if field is not meta.auto_field and not field.generated)


@cache
def deciding_fields(model: Any) -> tuple[Any, ...]:
    """Return the fields that any rule looks at, by which a row is compared: those that ``DECIDING`` names."""
    names: tuple[str, ...]
    if model is refresh_token_model():
        names = DECIDING_REFRESH_TOKEN
    elif model is access_token_model():
        names = DECIDING_ACCESS_TOKEN
    else:
        names = model.DECIDING
    return tuple(model._meta.get_field(name) for name in names)


@cache
def foreign_keys(model: Any) -> tuple[Any, ...]:
    """Return the fields of ``model`` that refer to rows."""
    return tuple(field for field in model._meta.concrete_fields if field.remote_field is not None)


def _is_value(field: Any) -> bool:
    return not hasattr(field, "get_placeholder") and (field.has_default() or not field.has_db_default())
