"""Commit: write what a verb decided, if every row that it relied on still is what was read.

A verb (redeem, rotate, revoke, answer a consent page) reads, decides and commits, in a loop over ``attempts``. What is
compared is state, never a version: each model lists in ``DECIDING`` the fields that any rule looks at. A commit has two
forms, and every flow runs through both: in turn by Django's ORM, inside a transaction; and all at once on PostgreSQL,
as one statement, where nobody listens to the saving of the rows.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

from django.db import DatabaseError, connections, transaction
from django.db.models import F, Model

from oauth_provider.events.emit import emit
from oauth_provider.protocol.errors import OAuthError, ServiceUnavailable
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.cursor import fetch
from oauth_provider.sql.guard import Guard
from oauth_provider.sql.model import deciding_fields, has_receivers, is_plain
from oauth_provider.sql.outcome import Add, Change, Hold, Outcome, Write
from oauth_provider.sql.seen import as_seen
from oauth_provider.sql.statement import compose
from oauth_provider.sql.transaction import ATTEMPTS, PAUSE, RowGone, is_orphaned, is_transient

logger = logging.getLogger("oauth_provider.sql")

S = TypeVar("S")
T = TypeVar("T")


class GuardFailed(Exception):
    """The remembered client is not what it was, or a row has changed. Nothing was written."""


class RowChanged(Exception):
    """A row is not as it was read, so nothing may be written."""


class Attempt:
    """One attempt at a verb, as a context: an error after which the database asks for another attempt ends it.

    Raises ``RowGone`` where a row that all hangs on was deleted, ``ServiceUnavailable`` where it was the last attempt,
    and every other error as it is.
    """

    def __init__(self, using: str, *, is_last: bool = False) -> None:
        self._using = using
        self._is_last = is_last

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """End, and go on to the next attempt where that may succeed."""
        if not isinstance(error, DatabaseError):
            return False
        if is_orphaned(error):
            raise RowGone from error
        if not is_transient(error) or connections[self._using].in_atomic_block:
            return False
        if self._is_last:
            raise ServiceUnavailable(Reason.ROWS_CHANGED, detail=f"at each attempt, at last: {error}") from error
        logger.info("A verb is tried again, since the database says: %s", error)
        return True


def attempts(using: str, guard: Guard | None = None) -> Iterator[Attempt]:
    """Yield attempts at a verb, until its loop is left or there were too many: see ``gave_up``.

    With a ``guard`` there is one, and within a caller's transaction, which may never see what has changed.
    """
    most = 1 if guard is not None or connections[using].in_atomic_block else ATTEMPTS
    for number in range(most):
        if number:
            time.sleep(random.uniform(0, PAUSE * number))  # noqa: S311 - a pause, not a secret
        yield Attempt(using, is_last=guard is None and number == most - 1)


def gave_up(using: str, guard: Guard | None = None) -> GuardFailed | ServiceUnavailable:
    """Return the error of a verb whose attempts are used up. Nothing was written."""
    if guard is not None:
        return GuardFailed()
    is_joined = connections[using].in_atomic_block
    where = "within a caller's transaction, where nothing is tried again" if is_joined else "at each attempt"
    return ServiceUnavailable(Reason.ROWS_CHANGED, detail=f"a row had changed, {where}")


def settle(
    read: Callable[[], S],
    decide: Callable[[S], Outcome[T]],
    *,
    using: str,
    guard: Guard | None = None,
    durable: bool = True,
) -> T:
    """Read, decide and commit, and again where a row has changed meanwhile or the database asks for it.

    Returns the answer, or raises it where it is an error. Raises what ``decide`` raises (nothing was written), what
    ``commit`` and ``Attempt`` raise, and what ``gave_up`` returns.
    """
    for attempt in attempts(using, guard):
        with attempt:
            outcome = decide(read())
            if commit(outcome, using=using, guard=guard, durable=durable):
                return outcome.result()
    raise gave_up(using, guard)


def commit(outcome: Outcome[Any], *, using: str, guard: Guard | None = None, durable: bool = True) -> bool:
    """Write all of ``outcome`` and tell its events, if every row is as it was read, else nothing; was it written?

    Nothing is decided against a client that has a ``guard``: a refusal of one is raised, and nothing written. Without
    ``durable`` it may join a caller's transaction, which must not undo a refusal that is told. Raises
    ``DatabaseError``.
    """
    if guard is not None and isinstance(outcome.answer, OAuthError):
        raise outcome.answer
    is_at_once = can_write_at_once(outcome.writes, using)
    write = _write_at_once if is_at_once else _write_in_turn
    is_one_statement = not outcome.then and (is_at_once or not outcome.writes)
    is_alone = is_one_statement and not connections[using].in_atomic_block
    try:
        with nullcontext() if is_alone else transaction.atomic(using=using, durable=durable):
            write(outcome.writes, guard, using)
            for statement in outcome.then:
                statement(using)
    except RowChanged:
        return False
    for event in outcome.events:
        emit(event, using=using)
    return True


def can_write_at_once(writes: Sequence[Write], using: str) -> bool:
    """Can these be one statement? Not where somebody is to be told between one row and the next."""
    if not writes or connections[using].vendor != "postgresql":
        return False
    added = [type(write.row) for write in writes if isinstance(write, Add)]
    return all([is_plain(model, using) and not has_receivers(model) for model in added])


def _write_at_once(writes: Sequence[Write], guard: Guard | None, using: str) -> None:
    sql, parameters = compose(writes, guard, using=using)
    written = fetch(connections[using], sql, parameters)
    if not written:
        raise RowChanged
    keys = iter(written[0])
    for write in writes:
        match write:
            case Add(row):
                row.pk = next(keys)
                row._state.adding, row._state.db = False, using
                _set_links(row)
            case Change(row, values):
                vars(row).update(values)


def _write_in_turn(writes: Sequence[Write], guard: Guard | None, using: str) -> None:
    if guard is not None and not guard.holds(using):
        raise RowChanged
    for write in writes:
        match write:
            case Add(row):
                row.save(using=using, force_insert=True)
            case Change(row, values):
                if not as_seen(row, using=using).update(**values):
                    raise RowChanged
                vars(row).update(values)
            case Hold(row):
                if not _hold(row, using):
                    raise RowChanged


def _hold(row: Model, using: str) -> bool:
    """Lock ``row`` until the transaction ends, if it is as it was read."""
    rows = as_seen(row, using=using)
    if connections[using].features.has_select_for_update:
        return rows.select_for_update(of=("self",), no_key=True).first() is not None
    # SQLite: a write of what stands there takes the lock, and refuses if anybody wrote since.
    decides = deciding_fields(type(row))[0].name
    return bool(rows.update(**{decides: F(decides)}))


def _set_links(row: Any) -> None:
    """Take over the keys that the rows before it were given."""
    for field in type(row)._meta.concrete_fields:
        hung = row._state.fields_cache.get(field.cache_name) if field.remote_field is not None else None
        if hung is not None:
            vars(row)[field.attname] = getattr(hung, field.target_field.attname)
