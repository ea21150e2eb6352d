"""Snapshots: what a grant decides by, as it was read."""

from dataclasses import dataclass
from datetime import datetime

from oauth_provider.dot.names import Row
from oauth_provider.models import Authorization
from oauth_provider.registry.scope import Registry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An authorization with its user, None where there is none, and the time by the clock of its database.

    ``is_context_open`` says whether its user may still act in its context, and ``withheld`` are scopes of it that its
    user may not grant any more, by the registry that is ``known``.
    ``adopted`` is the row of a refresh token that DOT issued, where one was presented that is not ours yet.
    """

    authorization: Authorization | None
    now: datetime
    is_context_open: bool = True
    adopted: Row | None = None
    withheld: frozenset[str] = frozenset()
    known: Registry | None = None
