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

logger = logging.getLogger("oauth_provider.events")

# Who failed to authenticate was refused, and stands in the log for that; ``replay_count`` writes a line for many.
UNTOLD = (ClientAuthenticationFailed, ReplayedAgain)

# What somebody should look at. All else is information.
WARNINGS = (Replayed, ClientSuspended)


def wants(event: Event) -> bool:
    """Is it told here, and the level on?"""
    return not isinstance(event, UNTOLD) and logger.isEnabledFor(_level(event))


def tell(event: Event) -> None:
    """Write one line: what happened, then each fact as ``name='value'``."""
    facts = event.facts()
    words = " ".join(f"{name}={value!r}" for name, value in facts.items())
    logger.log(_level(event), "%s %s", event.kind(), words)


def _level(event: Event) -> int:
    is_shown = isinstance(event, RequestRefused) and event.reference
    return logging.WARNING if is_shown or isinstance(event, WARNINGS) else logging.INFO
