"""A probe of what stands between us and PostgreSQL: a pooler shows by the session that it gives a client."""

from dataclasses import dataclass
from typing import Any

from django.db import connections

PROBE = "SELECT 1 AS oauth_provider_probe"
FOUND = "SELECT pg_backend_pid(), (SELECT name FROM pg_prepared_statements WHERE statement = %s LIMIT 1)"
# psycopg prepares what was run so often; nothing of the probe's own, then, but what it asks to be.
SELDOM = 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A probe's finding: is a pooler there, does it know prepared statements, and do two clients share a session?"""

    is_pooled: bool
    is_aware: bool
    is_shared: bool


def look_for_pooler(using: str) -> Seen:
    """Open two connections to ``using``, on PostgreSQL, and compare their sessions. Raises ``DatabaseError``."""
    first, second = _copy(connections[using]), _copy(connections[using])
    try:
        return _look(first, second)
    finally:
        first.close()
        second.close()


def _copy(connection: Any) -> Any:
    """Open one of the probe's own: what is prepared on it is known to nobody else."""
    copied = connection.copy()
    copied.settings_dict["OPTIONS"] = {**copied.settings_dict["OPTIONS"], "prepare_threshold": SELDOM}
    return copied


def _look(first: Any, second: Any) -> Seen:
    for one in (first, second):
        one.ensure_connection()
        one.set_autocommit(False)  # one transaction, and so one session of the server
    with first.cursor() as cursor:
        first.connection.execute(PROBE, prepare=True)
        cursor.execute(FOUND, [PROBE])
        session, name = cursor.fetchone()
        is_aware = name is None or not name.startswith("_pg3_")  # one that is aware gives names of its own
        if not is_aware:
            cursor.execute(f'DEALLOCATE "{name}"')  # psycopg's own name, or the next client would find it taken
    first.commit()
    with second.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (others,) = cursor.fetchone()
    second.rollback()
    return Seen(first.connection.info.backend_pid != session, is_aware, others == session)
