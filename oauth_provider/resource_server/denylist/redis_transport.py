"""Denials over Redis (RFC 7009 §3): published on a channel, and kept in a sorted set until they expire.

Needs ``redis``: ``pip install "django-oauth-authority[redis]"``. That Redis must be private or ask for a password:
whoever may write to it can have any token refused.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from oauth_provider.protocol.denylist import Denial, merge_for_client, parse
from oauth_provider.resource_server.options.denylist import DenylistOptions

logger = logging.getLogger("oauth_provider.resource_server")

# In seconds. A request waits for the first, and so does the next one if it finds the connection busy.
PUBLISHING, LISTENING = 0.5, 5.0
HEARTBEAT = 5.0
MAX_KEPT = 100_000
# After so many messages of one process, is there still room? Each client may fill what others leave.
MESSAGES_BETWEEN_CHECKS = 1_000
NEARLY_FULL, ROOM = 0.8, 0.5


class RedisTransport:
    """``DenylistTransport`` over Redis. Connections are made when needed, and again in a forked process."""

    def __init__(self, options: DenylistOptions) -> None:
        self._channel = options.channel
        self._kept = f"{options.channel}:kept"
        self._publisher = _client(options.url, PUBLISHING)
        self._listener = _client(options.url, LISTENING)
        self._since_check = 0

    def publish(self, messages: Sequence[tuple[str, int]]) -> None:
        """Publish and keep all ``messages`` in one transaction. Each is (text, second at which it expires)."""
        with self._publisher.pipeline(transaction=True) as pipeline:
            pipeline.zadd(self._kept, {text: exp for text, exp in messages})
            pipeline.zremrangebyscore(self._kept, "-inf", time.time())
            pipeline.zremrangebyrank(self._kept, 0, -MAX_KEPT - 1)
            for text, _exp in messages:
                pipeline.publish(self._channel, text)
            _added, _over, pushed_out, *_heard = pipeline.execute()
        self._since_check += len(messages)
        if pushed_out or self._since_check >= MESSAGES_BETWEEN_CHECKS:
            self._since_check = 0
            self._make_room()

    def _make_room(self) -> None:
        """When nearly full, replace all denials of each client that has the most by one."""
        try:
            kept = self._publisher.zcard(self._kept)
            if kept <= MAX_KEPT * NEARLY_FULL:
                return
            groups = _groups(text for text, _exp in self._publisher.zscan_iter(self._kept, count=1000))
            for theirs in sorted(groups, key=len, reverse=True):
                if kept <= MAX_KEPT * ROOM or len(theirs) < 2:
                    break
                whole = merge_for_client(list(theirs.values()), int(time.time()))
                self._replace(list(theirs), whole)
                kept -= len(theirs) - 1
        except redis.ResponseError as problem:  # an ACL of before
            logger.warning("The denylist in Redis cannot be tidied: %s", problem)

    def _replace(self, texts: Sequence[bytes], whole: Denial) -> None:
        logger.error("The denylist is nearly full: every token that %r has by now is denied.", whole.id)
        with self._publisher.pipeline(transaction=True) as pipeline:
            pipeline.zadd(self._kept, {whole.text(): whole.exp})
            pipeline.publish(self._channel, whole.text())
            for start in range(0, len(texts), 1000):
                pipeline.zrem(self._kept, *texts[start : start + 1000])
            pipeline.execute()

    def listen(self) -> Iterator[str | bytes | None]:
        """Yield kept messages, then None, then new ones. Raise ``redis.TimeoutError`` after ten silent seconds."""
        with self._listener.pubsub() as channel:
            channel.subscribe(self._channel)
            # Kept messages are read after Redis has confirmed: what comes between is in both.
            _await_confirmation(channel)
            yield from (text for text, exp in self._listener.zscan_iter(self._kept, count=1000) if exp > time.time())
            yield None
            heard = time.monotonic()
            while True:
                message = channel.get_message(timeout=HEARTBEAT)
                if message is not None:
                    heard = time.monotonic()
                elif time.monotonic() - heard > 2 * HEARTBEAT:
                    raise redis.TimeoutError("Redis does not answer.")
                else:
                    channel.ping()
                yield message["data"] if message is not None and message["type"] == "message" else None


def _groups(texts: Iterable[bytes]) -> list[dict[bytes, Denial]]:
    """Return the denials that name a client, grouped by client."""
    groups: dict[tuple[str, str, str], dict[bytes, Denial]] = {}
    for text in texts:
        try:
            denial = parse(text.decode())
        except ValueError:
            continue
        if denial.client:
            groups.setdefault(denial.group, {})[text] = denial
    return list(groups.values())


def _await_confirmation(channel: Any) -> None:
    message = channel.get_message(timeout=LISTENING)
    if message is None or message["type"] != "subscribe":
        raise redis.TimeoutError("Redis does not confirm the subscription.")


def _client(url: str, timeout: float) -> Any:
    # No retries: a pub/sub connection that comes back by itself hides that something was missed.
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=2,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
    return redis.Redis(connection_pool=pool)
