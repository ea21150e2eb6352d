"""The database's clock: stored times are written and judged by it (RFC 6749 §4.1.2, RFC 9700 §4.14.2).

The servers of a fleet share nothing but their database, and a clock of theirs that is off must neither end a sign-in
nor prolong a code. Each compiled query tells the time beside its rows, so that knowing it costs no statement.
"""

from datetime import datetime, timedelta

# By a name of its own: tests that travel in time move the clocks of servers and database together.
from time import time as server_clock

from django.db import connections
from django.utils import timezone

# In seconds since the epoch. Not the time at which a transaction began, which may have waited for a lock since.
SQL = "extract(epoch from clock_timestamp())::float8"
# In seconds. Clocks that differ by less are taken for the same.
TOLERANCE = 1.0

# By how many seconds the clock of each alias is ahead of this server's.
_ahead: dict[str, float] = {}


def tells_time(using: str) -> bool:
    """Has the database a clock of its own? SQLite runs in this process, and reads the clock that we read."""
    return bool(connections[using].vendor == "postgresql")


def server_time() -> float:
    """Seconds since the epoch by this server's clock: for ``note_time``, before the database is asked."""
    return server_clock()


def note_time(using: str, asked_at: float, seconds: float) -> None:
    """Take what ``SQL`` yielded between ``asked_at`` and this moment.

    An answer that was slow says less, and never moves a clock by the time that it took.
    """
    least, most = seconds - server_clock(), seconds - asked_at
    if not least - TOLERANCE <= _ahead.setdefault(using, 0.0) <= most + TOLERANCE:
        _ahead[using] = (least + most) / 2


def database_now(using: str) -> datetime:
    """Return the time by the clock of ``using``, as ``timezone.now()`` would say it.

    A process that has read nothing there yet asks, once.
    """
    if using not in _ahead and tells_time(using):
        with connections[using].cursor() as cursor:
            asked_at = server_time()
            cursor.execute(f"SELECT {SQL}")
            note_time(using, asked_at, cursor.fetchone()[0])
    ahead, now = _ahead.get(using), timezone.now()
    return now + timedelta(seconds=ahead) if ahead else now
