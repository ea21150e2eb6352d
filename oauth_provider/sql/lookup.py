"""Compiled queries: an ordinary queryset, turned into SQL once for each database alias.

Compiling and hydrating is most of what a small SELECT costs in the ORM. What is kept is the SQL, the places
of its parameters and the converters of its columns; it runs through Django's cursor, so that it is counted and
logged like any other.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from functools import cache
from inspect import getattr_static, signature
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

from oauth_provider.dot.names import concrete_names
from oauth_provider.sql.clock import SQL as CLOCK
from oauth_provider.sql.clock import note_time, server_time, tells_time
from oauth_provider.sql.cursor import Rows, fetch, fetch_by_new_cursor

Converter = Callable[[Any, Any, Any], Any]
# Values that a row may share with others: nobody can change one.
UNCHANGEABLE = (type(None), bool, int, float, str, bytes, Decimal, UUID, date, datetime, time_of_day, timedelta)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of one alias, its parameters with gaps at ``places``, and the converters of its columns, in order.

    One that ``tells_time`` has the database's clock before all other columns.
    """

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int, ...]
    converters: tuple[tuple[int, Converter, Any], ...]
    tells_time: bool


class CompiledQuery:
    """``build`` makes a queryset from text parameters. It takes all of them by position, and uses each once.

    A kept cursor is faster, and holds the rows that it read until it reads others.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *, keeps_cursor: bool = True) -> None:
        self._build = build
        self._fetch_rows = fetch if keeps_cursor else fetch_by_new_cursor
        self._compiled: dict[str, Compiled] = {}

    def run(self, alias: str, *given: Any) -> list[list[Any]]:
        """Return the columns of each row for the parameters ``given``, converted as the ORM would."""
        connection = connections[alias]
        return [self._convert(connection, row) for row in self._fetch(connection, given)]

    def fetch(self, alias: str, *given: Any) -> Rows:
        """Return the rows for the parameters ``given`` as the database gives them, for ``convert``."""
        return self._fetch(connections[alias], given)

    def convert(self, alias: str, fetched: Sequence[Any]) -> list[Any]:
        """Convert one row of ``fetch`` anew: nothing that can be changed in one is in another."""
        return self._convert(connections[alias], fetched)

    def _fetch(self, connection: Any, given: Sequence[Any]) -> Rows:
        compiled = self._compiled.get(connection.alias) or self._compile(connection.alias)
        parameters = list(compiled.parameters)
        for place, value in zip(compiled.places, given, strict=True):
            parameters[place] = value
        asked_at = server_time()
        rows = self._fetch_rows(connection, compiled.sql, parameters)
        if rows and compiled.tells_time:
            note_time(connection.alias, asked_at, rows[0][0])
            return [row[1:] for row in rows]
        return rows

    def _convert(self, connection: Any, fetched: Sequence[Any]) -> list[Any]:
        row = list(fetched)
        for position, convert, expression in self._compiled[connection.alias].converters:
            row[position] = convert(row[position], expression, connection)
        return row

    def _compile(self, alias: str) -> Compiled:
        gaps = [f"parameter {name} of a compiled query" for name in signature(self._build).parameters]
        query = self._build(*gaps).query
        compiler = query.get_compiler(using=alias)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
        is_telling = tells_time(alias)
        compiled = Compiled(
            f"SELECT {CLOCK}, {sql.removeprefix('SELECT ')}" if is_telling else sql,
            tuple(parameters),
            places=tuple(tuple(parameters).index(gap) for gap in gaps),
            converters=tuple(
                (position, convert, expression)
                for position, (listed, expression) in converters.items()
                for convert in listed
            ),
            tells_time=is_telling,
        )
        self._compiled[alias] = compiled
        return compiled


class CompiledRows(Generic[M]):
    """Whole rows of ``model``, each with the row that its foreign key ``related`` names, by one text parameter.

    ``build`` makes the ordinary queryset, which is the twin: a test holds the two equal.
    """

    def __init__(self, model: type[M], build: Callable[[Any], QuerySet[M]], *, related: str) -> None:
        self._model, self._related = model, cast(Any, model._meta.get_field(related))
        self._query = CompiledQuery(lambda value: self._columns(build(value)))

    def first(self, value: str, *, using: str) -> M | None:
        """Return the first row as it is now, locked by nobody; None where there is none."""
        for values in self._query.run(using, value):
            own = len(concrete_names(self._model))
            row: M = whole_row(self._model, values[:own], using)
            self._related.set_cached_value(row, whole_row(self._related.related_model, values[own:], using))
            return row
        return None

    def _columns(self, rows: QuerySet[M]) -> QuerySet[Any, Any]:
        related = [f"{self._related.name}__{name}" for name in concrete_names(self._related.related_model)]
        return rows.values_list(*concrete_names(self._model), *related)


def parameter(gap: Any, field: Any) -> RawSQL:
    """Return a parameter of a compiled query whose type takes no text while it is compiled, as a UUID's."""
    return RawSQL("%s", [gap], output_field=field)


@cache
def user_model() -> type[Any]:
    """The project's user model, looked up once: queries are compiled for it once, too."""
    return get_user_model()


def whole_row(model: type[Model], values: Sequence[Any], using: str) -> Any:
    """The row of ``model`` with these values in its columns; None where an outer join found none.

    All columns are there: a deferred one would cost a statement as soon as somebody reads it.
    """
    names, place_of_key = _places(model)
    return None if values[place_of_key] is None else row_of(model, names, values, using)


def row_of(model: type[Model], names: Collection[str], values: Sequence[Any], using: str) -> Any:
    """``model.from_db``, where what that does is known; columns that are not among ``names`` are deferred."""
    is_heard = (pre_init.receivers and pre_init.has_listeners(model)) or (
        post_init.receivers and post_init.has_listeners(model)
    )
    if is_heard or not _is_plainly_made(model):
        return model.from_db(using, names, values)
    row = model.__new__(model)
    row._state = state = ModelState()
    state.adding, state.db = False, using
    row.__dict__.update(zip(names, values, strict=True))
    return row


@cache
def _places(model: Any) -> tuple[tuple[str, ...], int]:
    names = concrete_names(model)
    return names, names.index(model._meta.pk.attname)


@cache
def _is_plainly_made(model: Any) -> bool:
    """Is making a row of it nothing but setting attributes, each to the value of its column?"""
    makers = ("__init__", "__new__", "__setattr__", "from_db")
    is_made_by_django = not any(
        name in vars(ancestor) for ancestor in model.__mro__ if ancestor not in (Model, object) for name in makers
    )
    setters = {type(getattr_static(model, field.attname)) for field in model._meta.concrete_fields}
    return is_made_by_django and setters <= {DeferredAttribute, ForeignKeyDeferredAttribute}
