"""Databases that fail, whatever is asked of them or from one statement on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError, connection


class Cause(Exception):
    """What a driver raises."""

    def __init__(self, text: str, **codes: Any) -> None:
        super().__init__(text)
        vars(self).update(codes)


def caused(error: type[Exception], text: str, **codes: Any) -> Exception:
    """Django's ``error``, raised from one of the driver's with ``sqlstate`` or ``sqlite_errorcode``."""
    raised = error(text)
    raised.__cause__ = Cause(text, **codes)
    return raised


# Each is made when it is needed: an exception is raised once.
OUTAGES: dict[str, Callable[[], Exception]] = {
    "connection refused": lambda: OperationalError("connection refused"),
    "connection closed": lambda: InterfaceError("connection already closed"),
    "too many connections": lambda: caused(OperationalError, "sorry, too many clients already", sqlstate="53300"),
    "disk full": lambda: caused(OperationalError, "could not extend file", sqlstate="53100"),
    "read-only": lambda: caused(InternalError, "cannot execute INSERT in a read-only transaction", sqlstate="25006"),
    "shut down": lambda: caused(OperationalError, "terminating connection", sqlstate="57P01"),
    "statement timeout": lambda: caused(OperationalError, "canceling statement", sqlstate="57014"),
    "SQLite: full": lambda: caused(OperationalError, "database or disk is full", sqlite_errorcode=13),
    "SQLite: read-only directory": lambda: caused(OperationalError, "attempt to write", sqlite_errorcode=8 | 6 << 8),
}


class Failing:
    """An execute wrapper: from statement ``number`` on every one raises. ``seen`` is how many there were."""

    def __init__(self, error: Callable[[], Exception], number: int) -> None:
        self.error, self.number, self.seen = error, number, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen += 1
        if self.seen >= self.number:
            raise self.error()
        return execute(sql, params, many, context)


@contextmanager
def failing(error: Callable[[], Exception] = OUTAGES["connection refused"], number: int = 1) -> Iterator[Failing]:
    """Inside, the database fails from statement ``number`` on."""
    wrapper = Failing(error, number)
    with connection.execute_wrapper(wrapper):
        yield wrapper
