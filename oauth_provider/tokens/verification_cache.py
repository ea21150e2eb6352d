"""Per-process cache of access tokens (RFC 7009 §2): rows by tenant and checksum, and which are void.

A row is kept for ``VERIFICATION_CACHE_LIFETIME`` seconds. A revocation that this process commits is never followed by
a row that was read before it: from before its UPDATE until after its COMMIT what it names is *held*, neither kept
nor recalled; afterwards it is *marked* with the time, and what was read earlier is void.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction

from oauth_provider.conf import provider_settings
from oauth_provider.sql.lookup import UNCHANGEABLE
from oauth_provider.sql.tenant import Tenant, tenant_of

REMEMBERED = 10_000
# A transaction that goes on for longer, or was rolled back, holds nothing any more.
LONGEST_TRANSACTION = 600.0
TOKEN, AUTHORIZATION, USER, CLIENT = "token", "authorization", "user", "client"

Key = tuple[Tenant, str]
Name = tuple[str, Any]
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A row, the names of all that it depends on, when its reading began, and until when it is good."""

    row: Row
    names: tuple[Name, ...]
    began: float
    until: float


@dataclass(slots=True)
class VerificationCache:
    """Rows by tenant and checksum, ``REMEMBERED`` at most; the one that was used the longest ago goes first.

    What is held or void is so for all tenants: a name may stand for a row of each, and reading anew does no harm.
    """

    _rows: OrderedDict[Key, Remembered] = field(default_factory=OrderedDict)
    _held: dict[Name, list[float]] = field(default_factory=dict)
    _marks: dict[Name, float] = field(default_factory=dict)
    _void_before: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(
        self, checksum: str, read: Callable[[], Row | None], names: Callable[[Row], Iterable[Name]], *, using: str
    ) -> Row | None:
        """The row of ``checksum`` at ``using``, remembered or from ``read``; the caller may change what is in it."""
        lifetime = provider_settings.VERIFICATION_CACHE_LIFETIME
        tenant = tenant_of(using) if lifetime else None
        if tenant is None:
            return read()
        key, began = (tenant, checksum), time.monotonic()
        known = self._recall(key, began)
        if known is not None:
            return _copied(known.row)
        row = read()
        # In a transaction we may see what nobody else ever will, or not see what others have committed.
        if row is not None and not connections[using].in_atomic_block:
            depends = (*names(row), (TOKEN, checksum))
            self._keep(key, Remembered(_copied(row), depends, began, began + lifetime))
        return row

    def hold(self, names: Iterable[Name]) -> None:
        """From now on nothing that depends on ``names`` is kept or recalled. To be called before the first UPDATE."""
        if not provider_settings.VERIFICATION_CACHE_LIFETIME:
            return
        until = time.monotonic() + LONGEST_TRANSACTION
        with self._lock:
            for name in names:
                self._held.setdefault(name, []).append(until)

    def release(self, names: Iterable[Name], *, using: str) -> None:
        """Once the transaction on ``using`` has committed, what was read before counts no more, and the hold ends."""
        if provider_settings.VERIFICATION_CACHE_LIFETIME:
            released = list(names)
            transaction.on_commit(lambda: self._void(released), using=using)

    @contextmanager
    def changing(self, names: Iterable[Name], *, using: str) -> Iterator[None]:
        """Around statements that change what ``names`` stand for."""
        held = list(names)
        self.hold(held)
        yield
        self.release(held, using=using)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._rows.clear()
            self._held.clear()
            self._marks.clear()
            self._void_before = 0.0

    def start_anew(self) -> None:
        """In a forked process: what it was given may change elsewhere from now on, and the lock may be locked."""
        self._lock = threading.Lock()
        self.clear()

    def __len__(self) -> int:
        return len(self._rows)

    def _recall(self, key: Key, now: float) -> Remembered | None:
        with self._lock:
            known = self._rows.get(key)
            if known is None:
                return None
            if known.until <= now or not self._counts(known, now):
                del self._rows[key]
                return None
            self._rows.move_to_end(key)
            return known

    def _keep(self, key: Key, remembered: Remembered) -> None:
        with self._lock:
            if not self._counts(remembered, time.monotonic()):
                return
            self._rows[key] = remembered
            self._rows.move_to_end(key)
            while len(self._rows) > REMEMBERED:
                self._rows.popitem(last=False)

    def _counts(self, remembered: Remembered, now: float) -> bool:
        if remembered.began <= self._void_before:
            return False
        return not any(
            self._is_held(name, now) or self._marks.get(name, 0.0) >= remembered.began for name in remembered.names
        )

    def _is_held(self, name: Name, now: float) -> bool:
        return any(until > now for until in self._held.get(name, ()))

    def _void(self, names: list[Name]) -> None:
        now = time.monotonic()
        with self._lock:
            for name in names:
                self._marks[name] = now
                holds = self._held.get(name, [])
                del holds[:1]
                if not holds:
                    self._held.pop(name, None)
            if len(self._marks) > REMEMBERED:
                self._marks.clear()
                self._void_before = now
            if len(self._held) > REMEMBERED:  # of transactions that were rolled back
                self._held = {name: holds for name, holds in self._held.items() if self._is_held(name, now)}


def _copied(row: Row) -> Row:
    return [value if isinstance(value, UNCHANGEABLE) else deepcopy(value) for value in row]


verification_cache = VerificationCache()
os.register_at_fork(after_in_child=verification_cache.start_anew)
