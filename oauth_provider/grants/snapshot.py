"""Snapshots: what a grant decides by, as it was read."""

from dataclasses import dataclass
from datetime import datetime

from oauth_provider.dot.names import Row
from oauth_provider.models import Authorization


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An authorization with its user, None where there is none, and the time by the clock of its database.

    ``adopted`` is the row of a refresh token that DOT issued, where one was presented that is not ours yet.
    """

    authorization: Authorization | None
    now: datetime
    adopted: Row | None = None
