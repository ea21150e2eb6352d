"""Kept cursors: a statement that is made once keeps its cursor, too, on each connection.

psycopg finds out for each new cursor how its parameters are written and its columns read; one that runs the same
statement again knows. Where it may, the server keeps the statement as well (``sql.prepared``). Whoever watches a
connection (a wrapper, a debug cursor, a tenant's backend) has each statement run by a new cursor of Django's.
"""

import os
from collections.abc import Sequence
from functools import cache
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

import django
from django.db.backends.utils import CursorWrapper

if TYPE_CHECKING:
    from oauth_provider.sql.prepared import KeptCursors

DJANGO = os.path.dirname(django.__file__) + os.sep
STEPS = ("__init__", "execute", "_execute_with_wrappers", "_execute")
KEPT = "_oauth_provider_kept"

Rows = list[tuple[Any, ...]]


def fetch(connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    """Execute ``sql``, which yields rows and is one of a few, and return all of them."""
    if connection.vendor != "postgresql" or _is_watched(connection):
        return fetch_by_new_cursor(connection, sql, parameters)
    # What Django does around a cursor where nobody looks on.
    if connection.health_check_enabled:
        connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    if connection.needs_rollback:
        connection.validate_no_broken_transaction()
    # On psycopg's connection, which survives Django's where there is a pool.
    kept = vars(connection.connection).get(KEPT) or _keep(connection.connection)
    with connection.wrap_database_errors:
        rows: Rows = kept.fetch(connection, sql, parameters)
    return rows


def fetch_by_new_cursor(connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    """Execute ``sql`` by a cursor that is closed afterwards, and return all rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Rows = cursor.fetchall()
    return rows


def _keep(opened: Any) -> "KeptCursors":
    # psycopg does not load where there is no libpq, and there is no need of it with SQLite.
    from oauth_provider.sql.prepared import KeptCursors

    kept = vars(opened)[KEPT] = KeptCursors()
    return kept


def _is_watched(connection: Any) -> bool:
    """Is each statement to be logged or wrapped, or made in another way than Django's?"""
    if connection.queries_logged or connection.execute_wrappers:
        return True
    backend, method = type(connection), connection.cursor
    # A proxy for the method would give Django's own function as its own.
    cursor, wrapper = method.__func__ if type(method) is MethodType else None, vars(CursorWrapper)
    return not are_djangos(
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
