"""Commit: write what a verb decided, if every row that it relied on still is what was read.

A verb (redeem, rotate, revoke, answer a consent page) reads, decides and commits; ``settle`` is the loop around the
three. What is compared is state, never a version: each model lists in ``DECIDING`` the fields that any rule looks at.
A commit has two forms, and every flow runs through both: in turn by Django's ORM, inside a transaction; and all at once
on PostgreSQL, as one statement, where nobody listens to the saving of the rows.
"""

import random
import time
from collections.abc import Callable, Sequence
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

S = TypeVar("S")
T = TypeVar("T")


class GuardFailed(Exception):
    """The remembered client is not what it was, or a row has changed. Nothing was written."""


class RowChanged(Exception):
    """A row is not as it was read, so nothing may be written."""


def settle(
    read: Callable[[], S],
    decide: Callable[[S], Outcome[T]],
    *,
    using: str,
    guard: Guard | None = None,
    durable: bool = True,
) -> T:
    """Read, decide and commit, and again where a row has changed meanwhile or the database asks for it.

    Returns the answer, or raises it where it is an error. With a ``guard`` it is tried once, and nothing is decided
    against the client. Without ``durable`` it may join a caller's transaction, which must not undo a refusal that is
    told. Raises what ``decide`` raises (nothing was written), ``GuardFailed``, ``RowGone`` where a row
    that all hangs on was deleted, and ``ServiceUnavailable`` after too many attempts.
    """
    # A transaction of the caller's may never see what has changed.
    attempts = 1 if guard is not None or connections[using].in_atomic_block else ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            outcome = decide(read())
            if guard is not None and isinstance(outcome.answer, OAuthError):
                raise outcome.answer
            if commit(outcome, using=using, guard=guard, durable=durable):
                for event in outcome.events:
                    emit(event, using=using)
                return outcome.result()
        except DatabaseError as error:
            if is_orphaned(error):
                raise RowGone from error
            if not is_transient(error) or connections[using].in_atomic_block:
                raise
        if attempt < attempts:
            time.sleep(random.uniform(0, PAUSE * attempt))  # noqa: S311 - a pause, not a secret
    if guard is not None:
        raise GuardFailed
    where = "within a caller's transaction, where nothing is tried again" if attempts == 1 else "at each attempt"
    raise ServiceUnavailable(Reason.ROWS_CHANGED, detail=f"a row had changed, {where}")


def commit(outcome: Outcome[Any], *, using: str, guard: Guard | None = None, durable: bool = True) -> bool:
    """Write all of ``outcome`` if every row is as it was read, else nothing; was it written?

    Raises ``DatabaseError``.
    """
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
