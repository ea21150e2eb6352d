"""The denylist of an API (RFC 7009 §3): what was revoked elsewhere, known here within a second.

``OAUTH_RESOURCE_SERVER["DENYLIST"]`` says where it comes from. The first call starts a thread, in each process
its own, and waits a moment for what was kept. While the connection is down, tokens are good for as long as their
verifier says, and what was missed is read when it is up again.
"""

import heapq
import logging
import os
import random
import threading
import time
from collections.abc import Iterator
from functools import cache

from oauth_provider.protocol.denylist import AUTHORIZATION, CLIENT, TOKEN, USER, Denial, of_whole_client, parse
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist_transport import DenylistOptions, DenylistTransport, make_transport
from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.token import AccessToken

logger = logging.getLogger("oauth_provider.resource_server")

MOST = 100_000
PATIENCE = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0

Key = tuple[str, str, str]


class Denylist:
    """Denials by what they deny, ``MOST`` at most. One thread adds, all others ask.

    Where it is full, the client with the most denials makes room: all tokens that it has by now are denied by one. So
    no client can have the denials of another forgotten, nor its own.
    """

    def __init__(self) -> None:
        self._entries: dict[Key, Denial] = {}
        self._by_exp: list[tuple[int, Key]] = []
        self._groups: dict[Key, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, denial: Denial) -> None:
        """Deny it; of two denials of the same thing, what either denies."""
        now = time.time()
        if denial.exp <= now:
            return
        key = (denial.iss, denial.kind, denial.id)
        known = self._entries.get(key)
        if known is not None:
            denial = _either(known, denial)
            self._ungroup(key, known)
        self._entries[key] = denial
        self._groups.setdefault(denial.group, set()).add(key)
        if known is None or known.exp != denial.exp:
            heapq.heappush(self._by_exp, (denial.exp, key))
        self._drop(now)

    def denies(self, token: AccessToken, checksum: str) -> bool:
        """Is ``token``, or what it hangs on, denied?"""
        if not self._entries:
            return False
        now = time.time()
        found = (self._entries.get(key) for key in _names(token, checksum))
        return any(denial is not None and denial.exp > now and _concerns(denial, token) for denial in found)

    def _drop(self, now: float) -> None:
        while self._by_exp and self._by_exp[0][0] <= now:
            exp, key = heapq.heappop(self._by_exp)
            denial = self._entries.get(key)
            if denial is not None and denial.exp == exp:  # else it is denied for longer meanwhile
                self._remove(key)
        if len(self._entries) > MOST:
            self._make_room(int(now))
        if len(self._by_exp) > 2 * MOST:  # of what was denied again and again, each time for longer
            self._by_exp = [(denial.exp, key) for key, denial in self._entries.items()]
            heapq.heapify(self._by_exp)

    def _make_room(self, now: int) -> None:
        keys = max(self._groups.values(), key=len)
        denials = [self._entries[key] for key in keys]
        client = denials[0].client
        if client and len(keys) > 1:
            for key in tuple(keys):
                self._remove(key)
            logger.error("The denylist is full: every token that %r has by now is denied.", client)
            self.add(of_whole_client(denials, now))
            return
        # Nobody is named. More than one go at once, so that a flood does not cost a search each.
        first, *others = heapq.nsmallest(max(1, MOST // 100), keys, key=lambda one: self._entries[one].exp)
        logger.error("The denylist is full: %s %s is forgotten early.", first[1], first[2])
        if others:
            logger.error("The denylist is full: so are %d others.", len(others))
        for key in (first, *others):
            self._remove(key)

    def _remove(self, key: Key) -> None:
        self._ungroup(key, self._entries.pop(key))

    def _ungroup(self, key: Key, denial: Denial) -> None:
        keys = self._groups[denial.group]
        keys.discard(key)
        if not keys:
            del self._groups[denial.group]


class Subscription:
    """A denylist and the thread that fills it."""

    def __init__(self, transport: DenylistTransport) -> None:
        self.denylist = Denylist()
        self._transport = transport
        self._caught_up = threading.Event()
        self._stopped = threading.Event()
        self._patient_until = time.monotonic() + PATIENCE
        self._thread = threading.Thread(target=self._run, name="oauth-denylist", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Have the thread end with the next message."""
        self._stopped.set()

    def wait(self) -> None:
        """Until what was kept is known; a second after the start nobody waits any more."""
        left = self._patient_until - time.monotonic()
        if left > 0:
            self._caught_up.wait(left)

    def take(self, message: str | bytes) -> None:
        """Add what came. What is no denial is passed over: nothing that comes this way is trusted."""
        try:
            self.denylist.add(parse(message.decode() if isinstance(message, bytes) else message))
        except Exception as problem:
            logger.warning("A message on the denylist is ignored: %s", type(problem).__name__)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            try:
                for message in self._transport.listen():
                    if self._stopped.is_set():
                        return
                    if message is None:
                        self._caught_up.set()
                        pause = FIRST_PAUSE
                    else:
                        self.take(message)
            except Exception as problem:  # whatever a transport raises, the thread goes on
                logger.warning("The denylist is not connected: %s", problem)
            self._stopped.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - a pause, not a secret
            pause = min(2 * pause, LONGEST_PAUSE)


def check_denylist(token: AccessToken, presented: Presented) -> None:
    """RFC 7009 §2: what was revoked since it was verified is not good any more."""
    options = conf.denylist
    if options is None:
        return
    listening = subscription(options)
    listening.wait()
    if len(listening.denylist) and listening.denylist.denies(token, presented.checksum):
        raise InvalidToken("The access token is expired or revoked.", detail="on the denylist")


_starting = threading.Lock()


def subscription(options: DenylistOptions) -> Subscription:
    """The one of this process. Raises ``ImproperlyConfigured``."""
    with _starting:  # of many first calls one starts it
        return _subscription(options)


@cache
def _subscription(options: DenylistOptions) -> Subscription:
    made = Subscription(make_transport(options))
    made.start()
    return made


def _start_anew() -> None:
    """A thread does not come along into a forked process, and a lock may have come along locked."""
    global _starting  # noqa: PLW0603 - one lock for each process
    _starting = threading.Lock()
    _subscription.cache_clear()


os.register_at_fork(after_in_child=_start_anew)


def _names(token: AccessToken, checksum: str) -> Iterator[Key]:
    yield token.issuer, TOKEN, checksum
    for kind, name in (
        (TOKEN, token.jti),
        (AUTHORIZATION, token.authorization_id),
        (CLIENT, token.client_id),
        (USER, token.sub),
    ):
        if name:
            yield token.issuer, kind, name


def _concerns(denial: Denial, token: AccessToken) -> bool:
    if denial.before is None or token.issued_at is None:
        return True
    return int(token.issued_at.timestamp()) <= denial.before


def _either(one: Denial, other: Denial) -> Denial:
    before = None if one.before is None or other.before is None else max(one.before, other.before)
    return Denial(one.iss, one.kind, one.id, max(one.exp, other.exp), before, one.client or other.client)
