"""Compare and set: what a verb writes about a row that it read without a lock, in one statement.

On PostgreSQL the usual exchange reads its authorization as it is, and writes all that it has to write only if that row
has not changed since. Everything else (a row that did change, a replay, another database, a project that listens to
the saving of these rows) is done under the row's lock.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast

from django.db import connections
from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from oauth_provider.models.compiled_save import insert, is_plain, prepared, update

# A new row, and another new one that hangs on it.
Pair: TypeAlias = tuple[Model, Model]


class LockNeeded(Exception):
    """This can only be done to a row that is locked. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL of one alias, and the fields that its parameters are of: the row's, and those of each of the pair."""

    sql: str
    fields: tuple[Any, ...]
    of_pair: tuple[tuple[Any, ...], ...]


# A list, since not every callable can be hashed.
_indifferent: list[Callable[..., Any]] = []


def ignores_new_rows(receiver: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that a receiver of ``pre_save`` or ``post_save`` does nothing about a row that is new."""
    _indifferent.append(receiver)
    return receiver


def is_offered(models: tuple[type[Model], ...], using: str) -> bool:
    """Can rows of these be written in one statement? Not where somebody is to be told between one and the next."""
    connection = connections[using]
    return (
        connection.vendor == "postgresql"
        and not connection.in_atomic_block
        and all(is_plain(model, using) and not _is_heard(model) for model in models)
    )


def write(row: Any, names: tuple[str, ...], pair: Pair | None, *, using: str) -> None:
    """Update ``names`` of ``row`` and insert ``pair``. Raises ``LockNeeded`` where the row is not as it was seen."""
    if row.seen_version is not None:
        _compare_and_set(row, names, pair, using)
        return
    if names:
        update(row, names, using=using)
    if pair is not None:
        first, second = pair
        insert(first, using=using)
        setattr(second, _link(first, second).name, first)
        insert(second, using=using)


def _compare_and_set(row: Any, names: tuple[str, ...], pair: Pair | None, using: str) -> None:
    connection, model = connections[using], cast(Hashable, type(row))
    statement = _statement(model, names, tuple(type(one) for one in pair or ()), using)
    parameters = [prepared(row, field, connection, add=False) for field in statement.fields]
    parameters.append(row.seen_version)
    for one, fields in zip(pair or (), statement.of_pair, strict=True):
        parameters += [prepared(one, field, connection, add=True) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, parameters)
        written = cursor.fetchone()
    if written is None:
        raise LockNeeded
    row.seen_version = None  # as it is now, nobody has seen it
    if pair is not None:
        first, second = pair
        first.pk = written[0]
        for one in pair:
            one._state.adding, one._state.db = False, using
        setattr(second, _link(first, second).name, first)


def _is_heard(model: type[Model]) -> bool:
    for signal in (pre_save, post_save):
        receivers, async_receivers = signal._live_receivers(model)
        if async_receivers or any(receiver not in _indifferent for receiver in receivers):
            return True
    return False


def _link(first: Model, second: Model) -> Any:
    """The foreign key by which ``second`` hangs on ``first``."""
    return _foreign_key(type(first), type(second))


@cache
def _foreign_key(target: Any, model: Any) -> Any:
    return next(field for field in model._meta.concrete_fields if field.related_model is target)


@cache
def _statement(model: Any, names: tuple[str, ...], models: tuple[Any, ...], using: str) -> Statement:
    quote, meta = connections[using].ops.quote_name, model._meta
    fields, key = tuple(meta.get_field(name) for name in names), quote(meta.pk.column)
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    where = f"{key} = %s AND xmin::text = %s"
    sql = f"UPDATE {quote(meta.db_table)} SET {assigned} WHERE {where} RETURNING {key}"  # noqa: S608 - our own names
    if not models:
        return Statement(sql, (*fields, meta.pk), ())
    first, second = models
    link = _foreign_key(first, second)
    of_first = tuple(field for field in first._meta.concrete_fields if field is not first._meta.auto_field)
    of_second = tuple(field for field in second._meta.concrete_fields if field is not link)
    first_sql = _insert_from("changed", first, of_first, quote)
    second_sql = _insert_from("added", second, of_second, quote, link=link)
    sql = f"WITH changed AS ({sql}), added AS ({first_sql}) {second_sql}"
    return Statement(sql, (*fields, meta.pk), (of_first, of_second))


def _insert_from(source: str, model: Any, fields: tuple[Any, ...], quote: Any, link: Any = None) -> str:
    """A row of ``model`` if ``source`` has one, whose key goes into ``link``. What it returns is the key."""
    columns, values = [quote(field.column) for field in fields], ["%s"] * len(fields)
    if link is not None:
        columns, values = [quote(link.column), *columns], [f"{source}.{quote(link.target_field.column)}", *values]
    key = quote(model._meta.pk.column)
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) "  # noqa: S608 - our own names
        f"SELECT {', '.join(values)} FROM {source} RETURNING {key if link is None else quote(link.column)}"
    )
