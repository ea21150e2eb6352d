"""The statement that writes an outcome at once, on PostgreSQL: a chain of CTEs, each of which waits for the one before.

A statement that finds nothing takes nothing back, so that where it relies on several rows all of them are held before
the first is written. Its text is made once for each shape of an outcome. ``sql.commit`` has the plain twin.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from django.db import connections

from oauth_provider.sql.guard import Guard, condition
from oauth_provider.sql.model import deciding_fields, foreign_keys, written_fields
from oauth_provider.sql.outcome import Add, Change, Hold, Write
from oauth_provider.sql.seen import as_parameters, seen_values

Fields: TypeAlias = tuple[Any, ...]
Quote: TypeAlias = Callable[[str], str]
# The SQL of a step, the fields whose values are set, and those whose values are compared.
Written: TypeAlias = tuple[str, Fields, Fields]
Writer: TypeAlias = Callable[["Shape", Sequence[str], Quote], Written]


class Shape(NamedTuple):
    """The facts that the text of one step depends on.

    ``names`` are the fields that are set, ``links`` the foreign keys to rows of earlier steps, with their places.
    """

    kind: Any
    model: Any
    names: tuple[str, ...] = ()
    links: tuple[tuple[Any, int], ...] = ()


class Step(NamedTuple):
    """The SQL of one step, the fields whose values are set, and those whose values are compared, in order.

    ``place`` is that of the write whose row they are of.
    """

    name: str
    place: int
    sql: str
    given: Fields
    compared: Fields


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL of all steps, which yields the keys of new rows in order; no row where nothing was written."""

    sql: str
    steps: tuple[Step, ...]


def compose(writes: Sequence[Write], guard: Guard | None, *, using: str) -> tuple[str, list[Any]]:
    """Return the SQL of ``writes`` for rows that are as they were read, and its parameters."""
    connection = connections[using]
    statement = _statement(_shapes(writes), guard is not None, using)
    parameters: list[Any] = []
    for number, step in enumerate(statement.steps):
        write = writes[step.place]
        match write:
            case Add(row):
                given = [field.pre_save(row, True) for field in step.given]
                parameters += as_parameters(step.given, given, connection)
            case Change(_, values):
                parameters += as_parameters(step.given, [values[field.name] for field in step.given], connection)
        parameters += as_parameters(step.compared, seen_values(write.row, step.compared, connection), connection)
        if guard is not None and not number:
            parameters += guard.parameters
    return statement.sql, parameters


def _shapes(writes: Sequence[Write]) -> tuple[Shape, ...]:
    places: dict[int, int] = {}
    shapes = []
    for place, write in enumerate(writes):
        model = type(write.row)
        match write:
            case Add(row):
                shapes.append(Shape(Add, model, links=_links(row, places)))
                places[id(row)] = place
            case Change(_, values):
                shapes.append(Shape(Change, model, names=tuple(values)))
            case Hold():
                shapes.append(Shape(Hold, model))
    return tuple(shapes)


def _links(row: Any, places: Mapping[int, int]) -> tuple[tuple[Any, int], ...]:
    model: Any = type(row)
    hung = [(field, id(row._state.fields_cache.get(field.cache_name))) for field in foreign_keys(model)]
    return tuple((field, places[key]) for field, key in hung if key in places)


@cache
def _statement(shapes: tuple[Shape, ...], is_guarded: bool, using: str) -> Statement:
    quote = connections[using].ops.quote_name
    relied_on = [place for place, shape in enumerate(shapes) if shape.kind is not Add]
    held = relied_on if len(relied_on) > 1 else []
    written = [place for place, shape in enumerate(shapes) if place not in held or shape.kind is Change]
    plan: list[tuple[str, int, Writer]] = [(f"held{place}", place, _hold) for place in held]
    plan += [
        (f"step{place}", place, _change_held if place in held else _STEPS[shapes[place].kind]) for place in written
    ]
    steps: list[Step] = []
    for name, place, write in plan:
        conditions = [f"EXISTS (SELECT 1 FROM {steps[-1].name})"] if steps else [condition()] if is_guarded else []  # noqa: S608 - our own names
        steps.append(Step(name, place, *write(shapes[place], conditions, quote)))
    added = [step.name for step in steps if shapes[step.place].kind is Add]
    sources = dict.fromkeys([*added, steps[-1].name])
    keys = ", ".join(f"{name}.key" for name in added) or "1"
    ctes = ", ".join(f"{step.name} (key) AS ({step.sql})" for step in steps)
    return Statement(f"WITH {ctes} SELECT {keys} FROM {', '.join(sources)}", tuple(steps))  # noqa: S608 - our own names


def _hold(shape: Shape, conditions: Sequence[str], quote: Quote) -> Written:
    where, compared = _as_read(shape.model, quote)
    key, table = quote(shape.model._meta.pk.column), quote(shape.model._meta.db_table)
    found, strength = " AND ".join([where, *conditions]), "SHARE" if shape.kind is Hold else "NO KEY UPDATE"
    return f"SELECT {key} FROM {table} WHERE {found} FOR {strength}", (), compared  # noqa: S608 - our own names


def _change(shape: Shape, conditions: Sequence[str], quote: Quote) -> Written:
    where, compared = _as_read(shape.model, quote)
    return _update(shape, [where, *conditions], compared, quote)


def _change_held(shape: Shape, conditions: Sequence[str], quote: Quote) -> Written:
    key = shape.model._meta.pk
    return _update(shape, [f"{quote(key.column)} = %s", *conditions], (key,), quote)


def _update(shape: Shape, conditions: Sequence[str], compared: Fields, quote: Quote) -> Written:
    given = tuple(shape.model._meta.get_field(name) for name in shape.names)
    key, table = quote(shape.model._meta.pk.column), quote(shape.model._meta.db_table)
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in given)
    found = " AND ".join(conditions)
    return f"UPDATE {table} SET {assigned} WHERE {found} RETURNING {key}", given, compared  # noqa: S608 - our own names


def _add(shape: Shape, conditions: Sequence[str], quote: Quote) -> Written:
    links = dict(shape.links)
    given = tuple(field for field in written_fields(shape.model) if field not in links)
    key, table = quote(shape.model._meta.pk.column), quote(shape.model._meta.db_table)
    columns = ", ".join(quote(field.column) for field in (*given, *links))
    values = ", ".join(["%s"] * len(given) + [f"(SELECT key FROM step{place})" for place in links.values()])  # noqa: S608 - our own names
    found = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"INSERT INTO {table} ({columns}) SELECT {values}{found} RETURNING {key}", given, ()


def _as_read(model: Any, quote: Quote) -> tuple[str, Fields]:
    """Return SQL that finds a row only as it was read, and the fields that its parameters are of."""
    key = model._meta.pk
    compared = [
        f"{quote(field.column)} {'IS NOT DISTINCT FROM' if field.null else '='} %s" for field in deciding_fields(model)
    ]
    return " AND ".join([f"{quote(key.column)} = %s", *compared]), (key, *deciding_fields(model))


_STEPS: Mapping[type[Write], Writer] = {
    Hold: _hold,
    Change: _change,
    Add: _add,
}
