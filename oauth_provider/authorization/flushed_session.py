"""Sessions that Django empties before it says who signed in over them (``django.contrib.auth.login``).

``login()`` flushes the session of another person and only then sends ``user_logged_in``: by that time nobody could tell
whose it was, and what hangs on it would outlive it.
"""

import functools
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

KEPT = "_oauth_flushed"


@dataclass(frozen=True, slots=True)
class Flushed:
    """The contents of a session that was emptied: what was under ``name``, and the key of its person, as text."""

    known: dict[str, Any]
    user_id: str


def watch_sessions(name: str) -> None:
    """Have every session keep, for the rest of its request, what it held under ``name`` when it was emptied."""
    clear = SessionBase.clear
    if hasattr(clear, KEPT):
        return  # others may have wrapped it, too

    @functools.wraps(clear)
    def clear_and_keep(session: Any) -> None:
        # Django's own cache of the session: what was never loaded is not loaded in order to be thrown away.
        loaded = vars(session).get("_session_cache") or {}
        if loaded.get(name):
            setattr(session, KEPT, Flushed(loaded[name], str(loaded.get(SESSION_KEY, ""))))
        clear(session)

    setattr(clear_and_keep, KEPT, name)
    SessionBase.clear = clear_and_keep  # type: ignore[assignment, method-assign]


def flushed(session: Any) -> Flushed | None:
    """Return what ``session`` held before it was emptied in this very request; None where it was not."""
    kept: Flushed | None = getattr(session, KEPT, None)
    return kept
