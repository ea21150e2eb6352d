"""Compiled saves: what ``Model.save`` does with a row that is new or locked, its SQL made once for each alias.

Fields prepare their values and receivers of signals are told, as ever. What is left out is finding out, at each save,
which of its many cases this is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any

from django.db import DatabaseError, connections
from django.db.models import CharField, DateTimeField, ForeignKey, Model, OneToOneField, TextField
from django.db.models.signals import post_save, pre_save
from django.db.models.sql import InsertQuery

from oauth_provider.models.kept_cursor import fetch

# What these very classes hand to any database as it is. A subclass may do otherwise.
AS_IT_IS: Mapping[type, tuple[type, ...]] = {
    CharField: (str, NoneType),
    TextField: (str, NoneType),
    ForeignKey: (NoneType,),
    OneToOneField: (NoneType,),
}
NO_VALUE = object()


@dataclass(frozen=True, slots=True)
class Save:
    """One statement, the fields that its parameters are of, and those whose values it returns."""

    sql: str
    fields: tuple[Any, ...]
    returning: tuple[Any, ...] = ()


def insert(row: Model, *, using: str) -> None:
    """As ``row.save(using=using, force_insert=True)``."""
    model = type(row)
    if not is_plain(model, using):
        row.save(using=using, force_insert=True)
        return
    save, connection = _insert(model, using), connections[using]
    told: dict[str, Any] = {"instance": row, "raw": False, "using": using, "update_fields": None}
    pre_save.send(sender=model, **told)
    parameters = [prepared(row, field, connection, add=True) for field in save.fields]
    if save.returning:
        (returned,) = fetch(connection, save.sql, parameters)
    else:
        returned = ()
        with connection.cursor() as cursor:
            cursor.execute(save.sql, parameters)
    for field, value in zip(save.returning, returned, strict=True):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, using
    post_save.send(sender=model, created=True, **told)


def update(row: Model, names: tuple[str, ...], *, using: str) -> None:
    """As ``row.save(using=using, update_fields=names)``. Raises ``DatabaseError`` where the row is gone."""
    model = type(row)
    if not is_plain(model, using):
        row.save(using=using, update_fields=names)
        return
    save, connection = _update(model, names, using), connections[using]
    told: dict[str, Any] = {"instance": row, "raw": False, "using": using, "update_fields": frozenset(names)}
    pre_save.send(sender=model, **told)
    with connection.cursor() as cursor:
        cursor.execute(save.sql, [prepared(row, field, connection, add=False) for field in save.fields])
        if not cursor.rowcount:
            raise DatabaseError("The row that was to be updated is gone.")
    post_save.send(sender=model, created=False, **told)


@cache
def is_plain(model: Any, using: str) -> bool:
    """Is a row one row of one table, and all that it says a value? A project's own AccessToken may be otherwise."""
    meta, features = model._meta, connections[using].features
    is_value = all(not (field.has_db_default() or hasattr(field, "get_placeholder")) for field in meta.concrete_fields)
    saves_itself = (model.save, model.save_base) != (Model.save, Model.save_base)
    return is_value and not saves_itself and not meta.parents and features.can_return_columns_from_insert


def written_fields(model: Any) -> tuple[Any, ...]:
    """Return the fields that a new row gives values to: not its key, if that is automatic, nor generated ones."""
    meta = model._meta
    return tuple(field for field in meta.concrete_fields if field is not meta.auto_field and not field.generated)


@cache
def _insert(model: Any, using: str) -> Save:
    meta, query = model._meta, InsertQuery(model)
    fields = written_fields(model)
    query.insert_values(fields, [model()])
    compiler: Any = query.get_compiler(using=using)
    compiler.returning_fields = meta.db_returning_fields
    ((sql, _parameters),) = compiler.as_sql()
    return Save(sql, fields, tuple(meta.db_returning_fields))


@cache
def _update(model: Any, names: tuple[str, ...], using: str) -> Save:
    meta, quote = model._meta, connections[using].ops.quote_name
    fields = [meta.get_field(name) for name in names]
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(meta.db_table)} SET {assigned} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608 - our own names
    return Save(sql, (*fields, meta.pk))


def prepared(row: Model, field: Any, connection: Any, *, add: bool) -> Any:
    """As ``field.pre_save`` and ``field.get_db_prep_save`` say, without asking where their answer is known."""
    kind = type(field)
    if kind in AS_IT_IS:
        value = row.__dict__.get(field.attname, NO_VALUE)  # without asking the descriptor of a foreign key
        if type(value) in AS_IT_IS[kind]:
            return value
    value = field.pre_save(row, add)
    if kind is DateTimeField and type(value) is datetime and value.tzinfo is not None:
        return connection.ops.adapt_datetimefield_value(value)
    return field.get_db_prep_save(value, connection=connection)
