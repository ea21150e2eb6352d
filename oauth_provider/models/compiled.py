"""Compiled queries: an ordinary queryset, turned into SQL once for each database alias.

Compiling and hydrating is most of what a small SELECT costs in the ORM. What is kept is the SQL, the places
of its parameters and the converters of its columns; it runs through Django's cursor, so that it is counted and
logged like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Model, QuerySet

from oauth_provider.dot.names import concrete_names
from oauth_provider.models.kept_cursor import Rows, fetch
from oauth_provider.models.timestamp_text import select_as_text

Converter = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of one alias, its parameters with gaps at ``places``, and the converters of its columns, in order."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int, ...]
    converters: tuple[tuple[int, Converter, Any], ...]


class CompiledQuery:
    """``build`` makes a queryset from text parameters. It takes all of them by position, and uses each once."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: dict[str, Compiled] = {}

    def run(self, alias: str, *given: Any) -> list[list[Any]]:
        """The columns of each row for the parameters ``given``, converted as the ORM would."""
        return [self.convert(alias, row) for row in self.fetch(alias, *given)]

    def fetch(self, alias: str, *given: Any) -> Rows:
        """The same as the database gives them, for ``convert``."""
        compiled = self._compiled.get(alias) or self._compile(alias)
        parameters = list(compiled.parameters)
        for place, value in zip(compiled.places, given, strict=True):
            parameters[place] = value
        return fetch(connections[alias], compiled.sql, parameters)

    def convert(self, alias: str, fetched: Sequence[Any]) -> list[Any]:
        """One row of ``fetch``, converted anew: nothing that can be changed in one is in another."""
        row, connection = list(fetched), connections[alias]
        for position, convert, expression in self._compiled[alias].converters:
            row[position] = convert(row[position], expression, connection)
        return row

    def _compile(self, alias: str) -> Compiled:
        gaps = [f"parameter {name} of a compiled query" for name in signature(self._build).parameters]
        query = self._build(*gaps).query
        if connections[alias].vendor == "postgresql":
            select_as_text(query)
        compiler = query.get_compiler(using=alias)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
        compiled = Compiled(
            sql,
            tuple(parameters),
            places=tuple(tuple(parameters).index(gap) for gap in gaps),
            converters=tuple(
                (position, convert, expression)
                for position, (listed, expression) in converters.items()
                for convert in listed
            ),
        )
        self._compiled[alias] = compiled
        return compiled


@cache
def user_model() -> type[Any]:
    """The project's user model, looked up once: queries are compiled for it once, too."""
    return get_user_model()


def whole_row(model: type[Model], values: Sequence[Any], using: str) -> Any:
    """The row of ``model`` with these values in its columns; None where an outer join found none.

    All columns are there: a deferred one would cost a statement as soon as somebody reads it.
    """
    names = concrete_names(model)
    is_missing = values[names.index(model._meta.pk.attname)] is None
    return None if is_missing else model.from_db(using, names, values)
