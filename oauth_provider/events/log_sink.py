"""Events as lines of the log, in ids: ``oauth_provider.events``."""

import logging

from oauth_provider.events.event import (
    ClientAuthenticationFailed,
    ClientSuspended,
    Event,
    Replayed,
    ReplayedAgain,
    RequestRefused,
)
from oauth_provider.events.replay_count import replay_count

logger = logging.getLogger("oauth_provider.events")

# What somebody should look at. All else is information.
WARNINGS = (Replayed, ClientSuspended)


def wants(event: Event) -> bool:
    """Is the level on? Who failed to authenticate was refused, too, and stands in the log for that."""
    return not isinstance(event, ClientAuthenticationFailed) and logger.isEnabledFor(_level(event))


def tell(event: Event) -> None:
    """Write one line: what happened, then each fact as ``name='value'``. Of ``ReplayedAgain`` it is one for many."""
    if isinstance(event, ReplayedAgain):
        replay_count.add()
        return
    facts = event.facts()
    words = " ".join(f"{name}={value!r}" for name, value in facts.items())
    logger.log(_level(event), "%s %s", event.kind(), words)


def _level(event: Event) -> int:
    is_shown = isinstance(event, RequestRefused) and event.reference
    return logging.WARNING if is_shown or isinstance(event, WARNINGS) else logging.INFO
