"""The outbox: one deliverer for all that must reach somebody else, by kind. Retries and dead letters are the rows'."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.module_loading import import_string

from oauth_provider.conf import provider_settings
from oauth_provider.models import LogoutDelivery

logger = logging.getLogger("oauth_provider.tokens")

# Sends one message; whatever it raises is kept with the row, which is tried again later.
Sender = Callable[[LogoutDelivery], None]


class Undeliverable(Exception):
    """Nobody is there to be told any more: the message is given up at once."""


def deliver_due(senders: Mapping[str, Sender]) -> "Counter[str]":
    """Send everything that is due, one after the other; return how many are now in which status.

    ``senders`` are ours by kind; those of ``OUTBOX_KINDS`` come after them.
    """
    done: Counter[str] = Counter()
    while (delivery := LogoutDelivery.objects.claim()) is not None:
        deliver(delivery, senders)
        done[str(delivery.status)] += 1
    return done


def deliver(delivery: LogoutDelivery, senders: Mapping[str, Sender]) -> None:
    """Attempt one delivery. Nothing that goes wrong with it is raised: it goes to the row, and is tried again later."""
    try:
        send = senders.get(delivery.kind) or _of_project(delivery.kind)
        send(delivery)
    except Undeliverable as error:
        delivery.failed(str(error), for_good=True)
    except Exception as error:  # a signer elsewhere raises what it likes
        delivery.failed(f"{type(error).__name__}: {error}")
        level = logging.ERROR if delivery.status == LogoutDelivery.Status.DEAD else logging.WARNING
        logger.log(level, "%s, attempt %s: %s", delivery.reference, delivery.attempts, delivery.last_error)
    else:
        delivery.delivered()


def _of_project(kind: str) -> Sender:
    path = provider_settings.OUTBOX_KINDS.get(kind)
    if path is None:
        raise LookupError(f"Nobody sends messages of the kind {kind}.")
    return partial(_send_payload, import_string(path))


def _send_payload(send: Callable[[Any], object], delivery: LogoutDelivery) -> None:
    send(delivery.payload)
