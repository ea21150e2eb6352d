"""Compare and set: what a verb writes about a row that it read without a lock, in one statement.

On PostgreSQL the usual exchange reads its authorization as it is, and writes all that it has to write only if that row
has not changed since, nor a client that was recalled from memory. Everything else (a row that did change, a replay,
another database, a project that listens to the saving of these rows) is done under the row's lock.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast

from django.db import connections
from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from oauth_provider.models.client import Client
from oauth_provider.models.client_memory import Recalled, condition
from oauth_provider.models.compiled_save import insert, is_plain, prepared, update, written_fields
from oauth_provider.models.kept_cursor import fetch
from oauth_provider.models.transaction import is_autonomous

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
        and is_autonomous(connection)
        and all([is_plain(model, using) and not _is_heard(model) for model in models])
    )


def write(row: Any, names: tuple[str, ...], pair: Pair | None, client: Client, *, using: str) -> None:
    """Update ``names`` of ``row`` and insert ``pair`` for ``client``.

    Raises ``LockNeeded`` where the row is not as it was seen, or the client not as it is remembered.
    """
    if row.seen_version is not None:
        _compare_and_set(row, names, pair, client.recalled, using)
        return
    if names:
        update(row, names, using=using)
    if pair is not None:
        first, second = pair
        insert(first, using=using)
        setattr(second, _link(first, second).name, first)
        insert(second, using=using)


def insert_for(client: Client, row: Model, *, using: str) -> None:
    """Insert ``row`` for ``client``. Raises ``ClientChanged`` where it is not as it is remembered."""
    recalled = client.recalled
    if recalled is None or not is_offered((type(row),), using):
        client.confirm()
        insert(row, using=using)
        return
    connection = connections[using]
    sql, fields = _insertion(cast(Hashable, type(row)), using)
    columns = [prepared(row, field, connection, add=True) for field in fields]
    written = fetch(connection, sql, [*columns, *recalled.parameters])
    recalled.settle(bool(written))
    ((row.pk,),) = written
    row._state.adding, row._state.db = False, using


def _compare_and_set(
    row: Any, names: tuple[str, ...], pair: Pair | None, recalled: Recalled | None, using: str
) -> None:
    connection, model = connections[using], cast(Hashable, type(row))
    statement = _statement(model, names, tuple(type(one) for one in pair or ()), recalled is not None, using)
    parameters = [prepared(row, field, connection, add=False) for field in statement.fields]
    parameters += [row.seen_version, *(recalled.parameters if recalled is not None else ())]
    for one, fields in zip(pair or (), statement.of_pair, strict=True):
        parameters += [prepared(one, field, connection, add=True) for field in fields]
    written = fetch(connection, statement.sql, parameters)
    if not written:
        raise LockNeeded
    if recalled is not None:
        recalled.settle(True)
    row.seen_version = None  # as it is now, nobody has seen it
    if pair is not None:
        first, second = pair
        first.pk = written[0][0]
        for one in pair:
            one._state.adding, one._state.db = False, using
        setattr(second, _link(first, second).name, first)


def _is_heard(model: type[Model]) -> bool:
    for signal in (pre_save, post_save):
        receivers, async_receivers = signal._live_receivers(model)
        if async_receivers or any([receiver not in _indifferent for receiver in receivers]):
            return True
    return False


def _link(first: Model, second: Model) -> Any:
    """The foreign key by which ``second`` hangs on ``first``."""
    return _foreign_key(type(first), type(second))


@cache
def _foreign_key(target: Any, model: Any) -> Any:
    return next(field for field in model._meta.concrete_fields if field.related_model is target)


@cache
def _insertion(model: Any, using: str) -> tuple[str, tuple[Any, ...]]:
    fields = written_fields(model)
    return _insert(model, fields, f"WHERE {condition()}", using), fields


@cache
def _statement(
    model: Any, names: tuple[str, ...], models: tuple[Any, ...], is_for_recalled: bool, using: str
) -> Statement:
    quote, meta = connections[using].ops.quote_name, model._meta
    fields, key = tuple(meta.get_field(name) for name in names), quote(meta.pk.column)
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    where = f"{key} = %s AND xmin::text = %s" + (f" AND {condition()}" if is_for_recalled else "")
    sql = f"UPDATE {quote(meta.db_table)} SET {assigned} WHERE {where} RETURNING {key}"  # noqa: S608 - our own names
    if not models:
        return Statement(sql, (*fields, meta.pk), ())
    first, second = models
    link = _foreign_key(first, second)
    of_first, of_second = written_fields(first), tuple(one for one in second._meta.concrete_fields if one is not link)
    first_sql = _insert(first, of_first, "FROM changed", using)
    second_sql = _insert(second, of_second, "FROM added", using, link=link)
    sql = f"WITH changed AS ({sql}), added AS ({first_sql}) {second_sql}"
    return Statement(sql, (*fields, meta.pk), (of_first, of_second))


def _insert(model: Any, fields: tuple[Any, ...], provided: str, using: str, link: Any = None) -> str:
    """A row of ``model`` where ``provided`` yields one; into ``link`` goes the key that it yields. Returns that key, or
    the row's own."""
    quote, meta = connections[using].ops.quote_name, model._meta
    columns, values = [quote(field.column) for field in fields], ["%s"] * len(fields)
    returned = quote(meta.pk.column)
    if link is not None:
        returned = quote(link.column)
        columns, values = [returned, *columns], [quote(link.target_field.column), *values]
    return (
        f"INSERT INTO {quote(meta.db_table)} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} {provided} RETURNING {returned}"
    )
