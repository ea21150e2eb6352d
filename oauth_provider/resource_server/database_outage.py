"""Database outages (RFC 9110 §15.6.4): which database errors are temporary, and the answer to callers.

A database that is down, read-only or full is nobody's mistake and passes, so programs are told to come back. A wrong
statement or a table that was never migrated is not an outage and stays an error. Nothing here opens a connection; there
may be no database at all.
"""

import logging
import time
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connections
from django.http import HttpResponse

from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.protocol.reason import Reason

logger = logging.getLogger("oauth_provider.resource_server")

# Classes of SQLSTATE: no connection; undone, also after many attempts; out of disk, memory or connections; stopped by
# an operator or a timeout; an error of the machine.
SQLSTATE_CLASSES = frozenset({"08", "40", "53", "57", "58"})
# A read-only transaction, two timeouts that end the connection, and a lock that is not given. The rest of their classes
# are mistakes of a program.
SQLSTATES = frozenset({"25006", "25P03", "25P04", "55P03"})
# SQLITE_BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN and PROTOCOL.
SQLITE_CODES = frozenset({5, 6, 7, 8, 9, 10, 13, 14, 15})
# In seconds: how long the log says no more about it.
REPORT_INTERVAL = 1.0


def is_outage(error: Error) -> bool:
    """Is this error temporary, so that the same statement would succeed once the database is back?"""
    cause: Any = error.__cause__
    sqlstate = getattr(cause, "sqlstate", None)
    if sqlstate:
        return sqlstate in SQLSTATES or sqlstate[:2] in SQLSTATE_CLASSES
    sqlite_code = getattr(cause, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF in SQLITE_CODES  # an extended code has more in its upper bits
    return isinstance(error, OperationalError | InterfaceError)


class Reporter:
    """Logger of the reason, at most once a second in each process: during an outage every call fails."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def report(self, error: Error) -> None:
        """Log the first line of ``error``. Further lines may hold values of rows."""
        now = time.monotonic()
        if now >= self._silent_until:
            self._silent_until = now + REPORT_INTERVAL
            logger.error("The database cannot be used: %s: %s", type(error).__name__, str(error).partition("\n")[0])


reporter = Reporter()


def unavailable(error: Error) -> ServiceUnavailable:
    """Log ``error`` and return the ``ServiceUnavailable`` to raise for the caller."""
    reporter.report(error)
    _undo_request()
    return ServiceUnavailable(Reason.DATABASE_AWAY)


def mark_reported(response: HttpResponse) -> HttpResponse:
    """Mark ``response`` so that Django does not report it: else each call would mail the ``ADMINS``."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # log_response asks for it, and sets it
    return response


def _undo_request() -> None:
    """Mark the transaction of ``ATOMIC_REQUESTS`` for rollback: the commit after the answer would fail as well."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)
