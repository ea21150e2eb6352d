"""Prepared statements: the server plans a hot statement once for each connection, which costs ten times what it runs.

Django's default is to prepare nothing, since a pooler may lend one session of the server to many clients, and two of
them may give one name to different statements. So this prepares only where no pooler shows, and under names that say
what the statement is: whoever finds such a name taken finds the same statement.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db.backends.postgresql.psycopg_any import register_tzloader
from psycopg import Cursor
from psycopg._preparing import Prepare
from psycopg.errors import DuplicatePreparedStatement, FeatureNotSupported, InvalidSqlStatementName
from psycopg.pq import TransactionStatus

from oauth_provider.conf import provider_settings

# Statements times the types of their parameters: NULL has one of its own.
MAX_STATEMENTS = 200
# The session that runs a statement is not the one that prepared it, or a table has changed. Nothing was run.
REFUSALS = (InvalidSqlStatementName, DuplicatePreparedStatement, FeatureNotSupported)

Rows = list[tuple[Any, ...]]
Names = dict[tuple[bytes, tuple[int, ...]], bytes]
# With the zone that it reads times in, and the SQL as the one object that psycopg knows again.
KeptCursor = tuple[Any, Any, bytes]


class KeptCursors:
    """The cursors of one connection of psycopg, by their SQL, and what its session has prepared."""

    def __init__(self) -> None:
        self._cursors: dict[str, KeptCursor] = {}
        self._preparing: dict[str, KeptCursor] = {}
        self._names: Names = {}
        self._may_prepare: bool | None = None

    def fetch(self, connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
        """Execute ``sql`` on Django's ``connection``, prepared from the second time on, and return all rows."""
        if sql in self._cursors and self._is_prepared(connection):
            try:
                return self._run(self._preparing, connection, sql, parameters)
            except REFUSALS:
                self._may_prepare = False
        return self._run(self._cursors, connection, sql, parameters)

    def _is_prepared(self, connection: Any) -> bool:
        """May this statement be refused? Not in a transaction, which would end with it."""
        if not connection.autocommit or connection.connection.pgconn.transaction_status != TransactionStatus.IDLE:
            return False
        if self._may_prepare is None:
            self._may_prepare = may_prepare(connection)
        return self._may_prepare

    def _run(self, cursors: dict[str, KeptCursor], connection: Any, sql: str, parameters: Sequence[Any]) -> Rows:
        # Whoever runs the same statement meanwhile (a signal handler, another thread) has a cursor of their own.
        cursor, zone, text = cursors.pop(sql, (None, None, b""))
        if cursor is None or zone is not connection.timezone:
            cursor, zone, text = self._open(cursors, connection), connection.timezone, sql.encode()
        cursor.execute(text, parameters)
        rows: Rows = cursor.fetchall()
        cursors[sql] = cursor, zone, text
        return rows

    def _open(self, cursors: dict[str, KeptCursor], connection: Any) -> Any:
        if cursors is self._cursors:
            return connection.create_cursor()
        cursor = PreparingCursor(connection.connection, self._names)
        register_tzloader(connection.timezone, cursor)  # as create_cursor does
        return cursor


class PreparingCursor(Cursor[Any]):
    """A cursor that binds on the server and has it keep each statement; ``names`` are those that it keeps."""

    def __init__(self, connection: Any, names: Names) -> None:
        super().__init__(connection)
        self._names = names

    def _get_prepared(self, pgq: Any, prepare: bool | None = None) -> tuple[Prepare, bytes]:
        statement = pgq.query, pgq.types
        if name := self._names.get(statement):
            return Prepare.YES, name
        if len(self._names) >= MAX_STATEMENTS:
            return Prepare.NO, b""
        self._names[statement] = name = name_of(*statement)
        return Prepare.SHOULD, name


def name_of(sql: bytes, types: Sequence[int]) -> bytes:
    """Return the name of a statement: a hash of its SQL and of the types of its parameters, shorter than 64 bytes."""
    return b"oauth_" + sha256(b"%b %a" % (sql, tuple(types))).hexdigest()[:48].encode()


def may_prepare(connection: Any) -> bool:
    """Does the connection outlive the request, and is its session its own as far as can be seen?"""
    settings = connection.settings_dict
    is_kept = settings["CONN_MAX_AGE"] != 0 or (settings.get("OPTIONS") or {}).get("pool")
    # A project that lets psycopg prepare, or says that it has a pooler, has decided for itself.
    is_left_to_us = connection.connection.prepare_threshold is None and not settings.get("DISABLE_SERVER_SIDE_CURSORS")
    is_wanted = is_kept and is_left_to_us and provider_settings.PREPARE_STATEMENTS == "auto"
    return bool(is_wanted) and is_its_own_session(connection)


def is_its_own_session(connection: Any) -> bool:
    """Does the server say the same pid as whoever opened the connection for us? A pooler gives one of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()
    return bool(session == connection.connection.info.backend_pid)
