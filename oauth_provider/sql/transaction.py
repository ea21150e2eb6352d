"""Transactions: how a verb (redeem, rotate, revoke, decide) runs, and how it locks the row it is about.

A refusal that must leave something behind is *returned* by the work, so that it is committed, and raised
afterwards. A refusal that is raised inside takes back everything.
"""

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from django.db import DatabaseError, NotSupportedError, connections, transaction
from django.db.models import F, Model, QuerySet

from oauth_provider.protocol.errors import OAuthError

T = TypeVar("T")
M = TypeVar("M", bound=Model)

ATTEMPTS = 24
PAUSE = 0.02
# Serialization failure and deadlock (SQL:2011): the whole verb is done again from its first statement.
# A unique violation is two of us adding the same row: done again, the second finds the first's.
TRANSIENT_SQLSTATES = frozenset({"40001", "40P01", "23505"})
FOREIGN_KEY_VIOLATION = "23503"
# SQLite has no codes for them that Django passes on; these are the texts of SQLITE_BUSY and SQLITE_LOCKED.
TRANSIENT_TEXTS = ("database is locked", "database table is locked")
SQLITE_UNIQUE_VIOLATION = "UNIQUE constraint failed"


class RowGone(Exception):
    """A row that this hangs on (the user, the client) was deleted meanwhile. Nothing was written."""


def run(work: Callable[[], T | OAuthError], *, using: str, durable: bool = True, single: bool = False) -> T:
    """Run ``work`` in a transaction of its own and again if the database asks for it.

    With ``durable=False`` it may join a caller's transaction, and is then tried only once. ``single`` is for
    work of one statement, which needs no BEGIN and COMMIT around it.
    Raises what ``work`` raises (rolled back) or returns as an ``OAuthError`` (committed), and ``RowGone``.
    """
    joined = (single or not durable) and connections[using].in_atomic_block
    attempts = 1 if joined else ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            with nullcontext() if single else transaction.atomic(using=using, durable=durable):
                outcome = work()
            break
        except DatabaseError as error:
            if attempt < attempts and is_transient(error):
                pass
            elif is_orphaned(error) and not joined:
                raise RowGone from error
            else:
                raise
        time.sleep(random.uniform(0, PAUSE * attempt))  # noqa: S311 - a pause, not a secret
    if isinstance(outcome, OAuthError):
        raise outcome
    return outcome


def in_autocommit(connection: Any) -> bool:
    """Is each statement a transaction of its own, so that it sees and leaves what is committed?"""
    return not connection.in_atomic_block and connection.get_autocommit()


def is_transient(error: DatabaseError) -> bool:
    """Would the same work, done again, probably succeed?"""
    text = str(error)
    is_known = text in TRANSIENT_TEXTS or text.startswith(SQLITE_UNIQUE_VIOLATION)
    return is_known or _sqlstate(error) in TRANSIENT_SQLSTATES


def is_orphaned(error: DatabaseError) -> bool:
    """Does a row that this work wrote refer to one that is not there any more?"""
    return _sqlstate(error) == FOREIGN_KEY_VIOLATION or str(error) == "FOREIGN KEY constraint failed"


def _sqlstate(error: DatabaseError) -> str | None:
    cause: Any = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)


def locked(queryset: QuerySet[M], *, touch: str) -> M | None:
    """The one row of ``queryset``, locked against other writers until the transaction ends, or None.

    This must be the first statement, as it must be of ``write_first``.
    """
    if not connections[queryset.db].features.has_select_for_update:
        write_first(queryset, touch=touch)
        return queryset.first()
    try:
        return locking(queryset).first()
    except NotSupportedError:
        return queryset.select_for_update().first()


def locked_rows(queryset: QuerySet[M], *, touch: str) -> list[M]:
    """All rows of ``queryset`` as they are now, locked against other writers until the transaction ends.

    This must be the first statement.
    """
    if not connections[queryset.db].features.has_select_for_update:
        write_first(queryset, touch=touch)
        return list(queryset)
    return list(locking(queryset))


def hold_referred(queryset: QuerySet[Any]) -> bool:
    """Let nobody commit a row that refers to the one of ``queryset`` until the transaction ends; is it there?

    SQLite has one writer at a time, so that this waits for nobody there.
    """
    if connections[queryset.db].features.has_select_for_update:
        queryset = queryset.select_for_update()
    return queryset.values_list("pk").first() is not None


def locking(queryset: QuerySet[M]) -> QuerySet[M]:
    """``queryset`` as ``SELECT … FOR UPDATE`` of its own rows, where the database has that."""
    return queryset.select_for_update(of=("self",), no_key=True)


def write_first(queryset: QuerySet[Any], *, touch: str) -> None:
    """Write ``touch`` (a column) with its own value before anything is read, where ``SELECT … FOR UPDATE`` is missing.

    SQLite refuses a write that follows a read of older data.
    """
    queryset.model._base_manager.using(queryset.db).filter(  # joins cannot be updated, so by key alone
        pk__in=queryset.order_by().values("pk")
    ).update(**{touch: F(touch)})
