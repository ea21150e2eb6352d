"""Kept cursors: a statement that is made once keeps its cursor, too, on each connection.

psycopg finds out for each new cursor how its parameters are written and its columns read; one that runs the same
statement again knows. All that Django does around a cursor is still done: it is counted, logged and wrapped like any.
"""

from collections.abc import Sequence
from typing import Any

Rows = list[tuple[Any, ...]]


def fetch(connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    """Execute ``sql``, which yields rows and is one of a few, and return all of them."""
    # Whoever has put another ``cursor`` in the place of the connection's own wants to see what passes through it.
    if connection.vendor != "postgresql" or "cursor" in vars(connection):
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows: Rows = cursor.fetchall()
            return rows
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    cursor = _kept(connection, sql)
    wrapped = connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
    wrapped.execute(sql, parameters)
    rows = wrapped.fetchall()
    return rows


def _kept(connection: Any, sql: str) -> Any:
    """The cursor of ``sql``; a new one where the connection was opened anew or reads times in another zone."""
    kept: dict[str, Any] = vars(connection).setdefault("_oauth_kept_cursors", {})
    opened, zone = connection.connection, connection.timezone
    cursor, of_zone = kept.get(sql, (None, None))
    if cursor is None or cursor.connection is not opened or of_zone is not zone:
        with connection.wrap_database_errors:
            cursor = connection.create_cursor()
        kept[sql] = cursor, zone
    return cursor
