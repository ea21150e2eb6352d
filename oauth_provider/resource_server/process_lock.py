"""A lock for one process: in a forked child it is free, whoever held it in the parent.

Of all threads only the one that forked lives on in a child, so nobody there would ever let go of what another held.
"""

import os
import threading
from types import TracebackType
from weakref import WeakSet

_locks: WeakSet["ProcessLock"] = WeakSet()


class ProcessLock:
    """``threading.Lock`` for what a forked process may go on using."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _locks.add(self)

    def acquire(self, blocking: bool = True) -> bool:
        """As ``threading.Lock``."""
        return self._lock.acquire(blocking)

    def release(self) -> None:
        """As ``threading.Lock``."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()

    def start_anew(self) -> None:
        """Be free."""
        self._lock = threading.Lock()


def _start_anew() -> None:
    for lock in list(_locks):
        lock.start_anew()


os.register_at_fork(after_in_child=_start_anew)
