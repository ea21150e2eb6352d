"""Name resolution with a deadline (RFC 9101 §10.4): a slow name server delays nobody for longer.

``getaddrinfo`` cannot be interrupted, so it runs in a few threads, and a caller stops waiting at its deadline. A thread
ends with its lookup. While callers have given up on all threads, names are refused at once.
"""

import os
import socket
import threading
import time
from dataclasses import dataclass, field

MAX_THREADS = 8


class ResolverBusy(OSError):
    """Every thread waits for a name server that does not answer."""


@dataclass(slots=True)
class _LookUp:
    """One running lookup; ``found`` or ``error`` is set once it is ``done``."""

    done: threading.Event = field(default_factory=threading.Event)
    found: list[str] = field(default_factory=list)
    error: Exception | None = None
    is_given_up: bool = False


class Resolver:
    """Resolver with ``MAX_THREADS`` lookups at once.

    A forked process needs a new one, without its threads and locks.
    """

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(MAX_THREADS)
        self._counting = threading.Lock()
        self._given_up = 0

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """Return the addresses of ``host`` without duplicates. ``timeout`` is in seconds.

        Raises ``TimeoutError``, ``ResolverBusy``, and what ``getaddrinfo`` raises.
        """
        deadline = time.monotonic() + timeout
        if self._given_up >= MAX_THREADS:
            raise ResolverBusy("name servers do not answer")
        if not self._free.acquire(timeout=max(0.0, timeout)):
            raise TimeoutError("too many names are looked up")
        look_up = _LookUp()
        try:
            threading.Thread(target=self._run, args=(look_up, host, port), name="oauth-resolver", daemon=True).start()
        except RuntimeError:
            self._free.release()
            raise ResolverBusy("no thread can be started") from None
        if not look_up.done.wait(max(0.0, deadline - time.monotonic())) and self._give_up(look_up):
            raise TimeoutError("the name took too long")
        if look_up.error is not None:
            raise look_up.error
        return look_up.found

    def _run(self, look_up: _LookUp, host: str, port: int) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            look_up.found = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        except Exception as error:  # for whoever waits
            look_up.error = error
        with self._counting:
            look_up.done.set()
            self._given_up -= look_up.is_given_up
        self._free.release()

    def _give_up(self, look_up: _LookUp) -> bool:
        """Stop waiting for a lookup. Return False if its answer has arrived after all."""
        with self._counting:
            look_up.is_given_up = not look_up.done.is_set()
            self._given_up += look_up.is_given_up
        return look_up.is_given_up


def _start_anew() -> None:
    global third_party, configured
    third_party, configured = Resolver(), Resolver()


# Apart, so that slow names of third parties do not delay those that the operator configured.
third_party, configured = Resolver(), Resolver()
os.register_at_fork(after_in_child=_start_anew)
