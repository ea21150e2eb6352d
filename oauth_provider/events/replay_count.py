"""Replays of what was revoked before (RFC 9700 §4.14.2): nothing is left to end, so they are counted and no more."""

import logging
import time

logger = logging.getLogger("oauth_provider.events")

# In seconds: a flood of them is one line a minute.
PAUSE = 60.0


class ReplayCount:
    """The number of replays, told once in ``PAUSE`` seconds at most. Without a lock, one of two may be missed."""

    def __init__(self) -> None:
        self._count = 0
        self._told_at = float("-inf")

    def add(self) -> None:
        """Count one more."""
        self._count += 1
        now = time.monotonic()
        if now < self._told_at + PAUSE:
            return
        count, self._count, self._told_at = self._count, 0, now
        logger.info("%d codes or refresh tokens were presented whose sign-in was revoked before.", count)


replay_count = ReplayCount()
