"""Lock for one process: after a fork it is free in the child, even if it was held in the parent.

Only the thread that forked lives on in the child, so a lock held by any other thread would never be released.
"""

import os
import threading
from types import TracebackType
from weakref import WeakSet

_locks: WeakSet["ProcessLock"] = WeakSet()


class ProcessLock:
    """``threading.Lock`` for objects that a forked process goes on using."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _locks.add(self)

    def acquire(self, blocking: bool = True) -> bool:
        """Acquire the lock, as ``threading.Lock.acquire`` does."""
        return self._lock.acquire(blocking)

    def release(self) -> None:
        """Release the lock, as ``threading.Lock.release`` does."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()

    def reset(self) -> None:
        """Replace the lock by a free one."""
        self._lock = threading.Lock()


def _start_anew() -> None:
    for lock in list(_locks):
        lock.reset()


os.register_at_fork(after_in_child=_start_anew)
