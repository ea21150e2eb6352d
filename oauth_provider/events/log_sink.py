"""Events as lines of the log, in ids: ``oauth_provider.events``.

Django and servers configure no handler for it, so what is a warning reaches the console by Python's last resort.
"""

import logging
from typing import Any

from oauth_provider.events.event import (
    ClientAuthenticationFailed,
    Event,
    Replayed,
    ReplayedAgain,
    RequestRefused,
)
from oauth_provider.events.replay_count import replay_count
from oauth_provider.events.status import ClientSuspended

logger = logging.getLogger("oauth_provider.events")

# What somebody should look at. All else but most refusals is information.
WARNINGS = (Replayed, ClientSuspended)
# No mistake of anybody's: a person's no, a token that has expired, and what prompt=none is answered all day long.
ROUTINE = frozenset({
    "access_denied", "account_selection_required", "consent_required", "insufficient_scope", "interaction_required",
    "invalid_token", "login_required",
})  # fmt: skip
# Every request is refused then, and ``oauth_provider.resource_server`` says why, once a second.
OUTAGES = frozenset({"database_away", "verifier_away", "verifier_keys_away"})
# Of each fact. Others choose paths and identifiers, and how long they are.
MAX_TEXT = 300


def wants(event: Event) -> bool:
    """Is the level on? Who failed to authenticate was refused, too, and stands in the log for that."""
    return not isinstance(event, ClientAuthenticationFailed) and logger.isEnabledFor(_level(event))


def tell(event: Event) -> None:
    """Write one line: what happened, then each fact as ``name='value'``. Of ``ReplayedAgain`` it is one for many."""
    if isinstance(event, ReplayedAgain):
        replay_count.add()
        return
    words = " ".join(f"{name}={_shown(value)}" for name, value in event.facts().items())
    logger.log(_level(event), "%s %s", event.kind(), words)


def _level(event: Event) -> int:
    if isinstance(event, RequestRefused):
        return _level_of_refusal(event)
    return logging.WARNING if isinstance(event, WARNINGS) else logging.INFO


def _level_of_refusal(refused: RequestRefused) -> int:
    """Return ERROR for a fault of ours, WARNING for what a client or a person was not expected to do."""
    if refused.error == "server_error":
        return logging.ERROR
    is_routine = refused.error in ROUTINE or refused.reason in OUTAGES
    return logging.INFO if is_routine and not refused.reference else logging.WARNING


def _shown(value: Any) -> str:
    """Return a value on one line: line breaks, and letters that would reorder it, are escaped."""
    text = ascii(value)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}..."
