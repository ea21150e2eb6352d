"""Applying and undoing a plan for scopes (RFC 6749 §3.3): in batches, each a short transaction that can be the last.

A row is locked, looked at as it then is, changed, and written down as it was, in one transaction. A refresh that is on
its way finds its sign-in changed and is decided again. JWTs that are out say what they said until they expire.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from django.db import router
from django.utils import timezone

from oauth_provider.events.event import ScopeChanged
from oauth_provider.models import AuditEvent, ScopePlan, ScopeRewrite
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.scope_plan import Becomes, ScopeChange, becomes, parse_plan
from oauth_provider.registry import kept_scopes
from oauth_provider.scope_changes.tables import TABLES, Columns, Table
from oauth_provider.sql.transaction import locked_rows, run
from oauth_provider.tokens.verification_cache import verification_cache

Progress = Callable[[str, int], None]


def begin(document: Any) -> ScopePlan:
    """Return the plan of ``document``: the one that was begun and is not finished, or a new one."""
    text = digest(json.dumps(document, sort_keys=True))
    begun: ScopePlan | None = ScopePlan.objects.filter(digest=text, finished_at=None, undone_at=None).first()
    return begun or cast(ScopePlan, ScopePlan.objects.create(document=document, digest=text))


def apply(plan: ScopePlan, *, size: int, progress: Progress) -> None:
    """Rewrite every row in use, ``size`` of them in a transaction. May be stopped anywhere, and begun again."""
    changes = parse_plan(plan.document)
    to = becomes(changes)
    for table in TABLES.values():
        for done in _rewrite(plan, table, to, size):
            progress(table.name, done)
    _finish(plan, changes, "finished_at", "applied")


def undo(plan: ScopePlan, *, size: int, progress: Progress) -> int:
    """Give every row back what it said; return how many have changed since, and were left as they are."""
    left = 0
    for table in reversed(list(TABLES.values())):
        rewrites = plan.rewrites.filter(table=table.name).order_by("pk")
        while batch := list(rewrites[:size]):
            kept = _give_back(table, batch)
            left += kept
            progress(table.name, len(batch) - kept)
    _finish(plan, parse_plan(plan.document), "undone_at", "undone")
    return left


def _rewrite(plan: ScopePlan, table: Table, to: Becomes, size: int) -> Iterator[int]:
    """Rewrite the rows of ``table``; yield how many were changed by each transaction."""
    due, last = table.due(to), None
    using = due.db
    while keys := list((due if last is None else due.filter(pk__gt=last)).values_list("pk", flat=True)[:size]):
        last = keys[-1]

        def work(keys: Sequence[Any] = keys) -> int:
            rows = locked_rows(due.model._base_manager.using(using).filter(pk__in=keys), touch=table.columns[0])
            changed = []
            for row in rows:
                # As the row will hold it: JSON has no tuples.
                before, columns = table.columns_of(row), json.loads(json.dumps(table.rewritten(row, to)))
                after = {name: columns[name] for name in table.columns}
                if after != before:
                    changed.append((row, columns, _journal(plan, table, row, before, after)))
            _update(table, using, [(row.pk, columns) for row, columns, _entry in changed])
            ScopeRewrite.objects.using(using).bulk_create([entry for _row, _columns, entry in changed])
            return len(changed)

        yield run(work, using=using, durable=False)


def _journal(plan: ScopePlan, table: Table, row: Any, before: Columns, after: Columns) -> ScopeRewrite:
    return ScopeRewrite(plan=plan, table=table.name, key=str(row.pk), before=before, after=after)


def _give_back(table: Table, batch: Sequence[ScopeRewrite]) -> int:
    """Undo the rewriting of those rows that still say what they were given; return how many do not."""
    model = table.rows({}).model
    using = router.db_for_write(model)

    def work() -> int:
        keys = [model._meta.pk.to_python(one.key) for one in batch]
        rows = locked_rows(model._base_manager.using(using).filter(pk__in=keys), touch=table.columns[0])
        found = {str(row.pk): row for row in rows}
        same = [one for one in batch if one.key in found and table.columns_of(found[one.key]) == one.after]
        _update(table, using, [(found[one.key].pk, one.before) for one in same])
        ScopeRewrite.objects.using(using).filter(pk__in=[one.pk for one in batch]).delete()
        return len(found) - len(same)

    return run(work, using=using, durable=False)


def _update(table: Table, using: str, rows: Sequence[tuple[Any, Columns]]) -> None:
    """Write the columns, in one statement for all rows that get the same."""
    alike: dict[str, list[Any]] = defaultdict(list)
    for key, columns in rows:
        alike[json.dumps(columns, sort_keys=True)].append(key)
    model = table.rows({}).model
    for text, keys in alike.items():
        model._base_manager.using(using).filter(pk__in=keys).update(**json.loads(text))


def _finish(plan: ScopePlan, changes: Sequence[ScopeChange], column: str, step: str) -> None:
    using = router.db_for_write(ScopePlan)

    def work() -> None:
        ScopePlan.objects.using(using).filter(pk=plan.pk).update(**{column: timezone.now()})
        events = [ScopeChanged(one.scope, f"{one.kind} {step}") for one in changes]
        AuditEvent.objects.record(events, using=using)

    run(work, using=using, durable=False)
    kept_scopes.forget()
    verification_cache.clear()
