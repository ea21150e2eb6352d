"""Compiled queries: an ordinary queryset, turned into SQL once for each database alias.

Compiling and hydrating is most of what a small SELECT costs in the ORM. What is kept is the SQL, the place
of its one parameter and the converters of its columns; it runs through Django's cursor, so that it is
counted and logged like any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet

SENTINEL = "the parameter of a compiled query"
Converter = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of one alias, its parameters with a gap at ``place``, and its converters by column."""

    sql: str
    parameters: tuple[Any, ...]
    place: int
    converters: Mapping[int, tuple[list[Converter], Any]]


class CompiledQuery:
    """``build`` makes a ``values_list`` queryset from one text parameter."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: dict[str, Compiled] = {}

    def run(self, alias: str, parameter: str) -> list[list[Any]]:
        """The rows for ``parameter``, converted as the ORM would."""
        compiled = self._compiled.get(alias) or self._compile(alias)
        parameters = list(compiled.parameters)
        parameters[compiled.place] = parameter
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, parameters)
            rows = [list(row) for row in cursor.fetchall()]
        for position, (converters, expression) in compiled.converters.items():
            for row in rows:
                for convert in converters:
                    row[position] = convert(row[position], expression, connection)
        return rows

    def _compile(self, alias: str) -> Compiled:
        compiler = self._build(SENTINEL).query.get_compiler(using=alias)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
        compiled = Compiled(sql, tuple(parameters), tuple(parameters).index(SENTINEL), converters)
        self._compiled[alias] = compiled
        return compiled
