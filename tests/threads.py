"""Threads that start together, each on a database connection of its own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.core.cache import caches
from django.db import OperationalError, connection, connections

T = TypeVar("T")

# Only a test that is broken already waits so long.
PATIENCE = 120
ATTEMPTS = 100
PAUSE = 0.1


def together(*acts: Callable[[], T]) -> list[T]:
    """What each of ``acts`` returned, in order, after all began at the same moment. Raises what the first raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            connect_patiently()
            barrier.wait(PATIENCE)
            return act()
        except Exception:
            barrier.abort()
            raise
        finally:
            connections.close_all()
            leave_caches()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    errors = [error for future in futures if (error := future.exception()) is not None]
    if errors:  # the others may have found the barrier broken
        raise next((error for error in errors if not isinstance(error, threading.BrokenBarrierError)), errors[0])
    return [future.result() for future in futures]


def leave_caches() -> None:
    """Let go of what this thread has open to Redis, as a server's threads do not end."""
    for cache in caches.all(initialized_only=True):
        for pool in getattr(getattr(cache, "_cache", None), "_pools", {}).values():
            pool.disconnect()


def connect_patiently() -> None:
    """A server that has just been left by fifty threads may still count some of them as its clients."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return connection.ensure_connection()
        except OperationalError as error:
            if attempt == ATTEMPTS or "too many clients" not in str(error):
                raise
        time.sleep(PAUSE)
