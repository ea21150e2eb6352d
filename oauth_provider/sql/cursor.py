"""Kept cursors: a statement that is made once keeps its cursor, too, on each connection.

psycopg finds out for each new cursor how its parameters are written and its columns read; one that runs the same
statement again knows. All that Django does around a cursor is still done: it is counted, logged and wrapped like any.
"""

import os
from collections.abc import Sequence
from functools import cache
from types import FunctionType, MethodType
from typing import Any

import django
from django.db.backends.utils import CursorWrapper

DJANGO = os.path.dirname(django.__file__) + os.sep
STEPS = ("__init__", "execute", "_execute_with_wrappers", "_execute")

Rows = list[tuple[Any, ...]]


def fetch(connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    """Execute ``sql``, which yields rows and is one of a few, and return all of them."""
    if connection.vendor != "postgresql" or not _is_as_django_made_it(connection):
        return fetch_by_new_cursor(connection, sql, parameters)
    if connection.health_check_enabled:
        connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    kept: dict[str, Any] = vars(connection).setdefault("_oauth_kept_cursors", {})
    # Whoever runs the same statement meanwhile (a wrapper, another thread) has a cursor of their own.
    cursor, opened, zone, text = kept.pop(sql, (None, None, None, b""))
    if opened is not connection.connection or zone is not connection.timezone:
        with connection.wrap_database_errors:
            cursor = connection.create_cursor()
        opened, zone, text = connection.connection, connection.timezone, sql.encode()
    rows: Rows
    if connection.queries_logged or connection.execute_wrappers:
        wrapped = connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
        wrapped.execute(sql, parameters)
        rows = wrapped.fetchall()
    else:
        # What those do where nobody looks on. The same text each time, so that it is hashed once.
        if connection.needs_rollback:
            connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            cursor.execute(text, parameters)
            rows = cursor.fetchall()
    kept[sql] = cursor, opened, zone, text
    return rows


def fetch_by_new_cursor(connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    """The same by a cursor that is closed afterwards, and keeps nothing."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Rows = cursor.fetchall()
    return rows


def _is_as_django_made_it(connection: Any) -> bool:
    """Whoever makes cursors in another way wants each made so: to watch it, or to choose a tenant's schema first."""
    backend, method = type(connection), connection.cursor
    # A proxy for the method would give Django's own function as its own.
    cursor, wrapper = method.__func__ if type(method) is MethodType else None, vars(CursorWrapper)
    return are_djangos(
        cursor,
        backend._cursor,
        backend._prepare_cursor,
        backend.create_cursor,
        backend.make_cursor,
        *(wrapper[name] for name in STEPS),
    )


@cache
def are_djangos(*functions: Any) -> bool:
    """Does each of ``functions`` stand in Django itself?"""
    return all(type(one) is FunctionType and one.__code__.co_filename.startswith(DJANGO) for one in functions)
