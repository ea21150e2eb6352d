"""Emitting events: each is told to every sink that wants it, once its transaction has committed."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from django.db import transaction

from oauth_provider.events import log_sink, refusal_ring, signal_sink
from oauth_provider.events.event import Event


class Sink(Protocol):
    """A module that tells events to somebody. Neither function may raise."""

    def wants(self, event: Event) -> bool:
        """Would anybody hear of ``event``? Asked at each of them, so it has to be quick."""
        ...

    def tell(self, event: Event) -> None:
        """Tell of ``event``, which is committed."""
        ...


SINKS: Sequence[Sink] = (signal_sink, log_sink, refusal_ring)


def emit(event: Event, *, using: str | None = None) -> None:
    """Tell of ``event`` once the transaction on ``using`` has committed; at once where there is none.

    Without ``using`` it hangs on no transaction: a refusal stays one, whatever is rolled back. Where nobody listens,
    nothing waits for the commit.
    """
    sinks = [sink for sink in SINKS if sink.wants(event)]
    if not sinks:
        return
    if using is None:
        tell(event, sinks)
    else:
        transaction.on_commit(partial(tell, event, sinks), using=using)


def tell(event: Event, sinks: Sequence[Sink]) -> None:
    """Tell each of ``sinks``."""
    for sink in sinks:
        sink.tell(event)
