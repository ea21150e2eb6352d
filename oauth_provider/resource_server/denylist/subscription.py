"""Subscription of an API to a denylist (RFC 7009 §3): tokens revoked elsewhere are refused within a second.

``OAUTH_RESOURCE_SERVER["DENYLIST"]`` says where it comes from. The first call in each process starts a thread and waits
a moment for the messages that were kept. While the connection is down, tokens are good for as long as their verifier
says, and missed messages are read when it is up again.
"""

import logging
import os
import random
import threading
import time
from functools import cache

from oauth_provider.protocol.denylist import parse
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist.denials import Denylist
from oauth_provider.resource_server.denylist.transport import DenylistTransport, make_transport
from oauth_provider.resource_server.options.denylist import DenylistOptions
from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.token import AccessToken

logger = logging.getLogger("oauth_provider.resource_server")

MAX_WAIT = 1.0
FIRST_PAUSE, MAX_PAUSE = 0.1, 5.0


class Subscription:
    """A denylist and the thread that fills it."""

    def __init__(self, transport: DenylistTransport) -> None:
        self.denylist = Denylist()
        self._transport = transport
        self._caught_up = threading.Event()
        self._stopped = threading.Event()
        self._wait_until = time.monotonic() + MAX_WAIT
        self._thread = threading.Thread(target=self._run, name="oauth-denylist", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end at the next message."""
        self._stopped.set()

    def wait(self) -> None:
        """Wait until the kept messages are read, but not longer than ``MAX_WAIT`` seconds after the start."""
        left = self._wait_until - time.monotonic()
        if left > 0:
            self._caught_up.wait(left)

    def add_message(self, message: str | bytes) -> None:
        """Add the denial in ``message``. Any other message is ignored: nothing that arrives here is trusted."""
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
                        self.add_message(message)
            except Exception as problem:  # whatever a transport raises, the thread goes on
                logger.warning("The denylist is not connected: %s", problem)
            self._stopped.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - a pause, not a secret
            pause = min(2 * pause, MAX_PAUSE)


def check_denylist(token: AccessToken, presented: Presented) -> None:
    """Raise ``InvalidToken`` for a token that was revoked after it was verified (RFC 7009 §2)."""
    options = conf.denylist
    if options is None:
        return
    listening = subscription(options)
    listening.wait()
    if len(listening.denylist) and listening.denylist.denies(token, presented.checksum):
        raise InvalidToken(Reason.TOKEN_DENIED, detail="on the denylist")


_starting = threading.Lock()


def subscription(options: DenylistOptions) -> Subscription:
    """Return the subscription of this process. Raise ``ImproperlyConfigured``."""
    with _starting:  # of many first calls one starts it
        return _subscription(options)


@cache
def _subscription(options: DenylistOptions) -> Subscription:
    made = Subscription(make_transport(options))
    made.start()
    return made


def _start_anew() -> None:
    """Drop lock and subscription after a fork: the thread does not exist there, and the lock may be held."""
    global _starting  # noqa: PLW0603 - one lock for each process
    _starting = threading.Lock()
    _subscription.cache_clear()


os.register_at_fork(after_in_child=_start_anew)
