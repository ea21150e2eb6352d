"""A check of what stands between us and PostgreSQL: an old pooler runs another client's prepared statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import DatabaseError, connections, router

from oauth_provider.checks.registration import register
from oauth_provider.dot.names import access_token_model

PROBE = "SELECT 1 AS oauth_provider_probe"
FOUND = "SELECT pg_backend_pid(), (SELECT name FROM pg_prepared_statements WHERE statement = %s LIMIT 1)"
# psycopg prepares what was run so often; nothing of the probe's own, then, but what it asks to be.
SELDOM = 1_000_000
HINT = (
    'Take "prepare_threshold" out of OPTIONS, or use PgBouncer 1.21 or newer with max_prepared_statements '
    "(docs/deploying.md)."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A probe's finding: is a pooler there, does it know prepared statements, and do two clients share a session?"""

    is_pooled: bool
    is_aware: bool
    is_shared: bool


@register(Tags.database)
def check_pooler(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E092: statements are mixed up between clients. W092: they are, unless each client has a session of its own."""
    model = access_token_model()
    aliases = dict.fromkeys((router.db_for_write(model), router.db_for_read(model)))
    return [message for alias in aliases if alias in (databases or ()) for message in _messages(alias)]


def judge(alias: str, seen: Seen) -> list[CheckMessage]:
    """Say what a pooler would do to prepared statements."""
    if not seen.is_pooled or seen.is_aware:
        return []
    text = f"The database {alias!r} is reached through a pooler that does not know prepared statements, and they are on"
    if seen.is_shared:
        return [Error(f"{text}: one client runs the statements of another.", hint=HINT, id="oauth_provider.E092")]
    return [Warning(f"{text}; it must not share sessions.", hint=HINT, id="oauth_provider.W092")]


def _messages(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    options = connection.settings_dict.get("OPTIONS") or {}
    if connection.vendor != "postgresql" or options.get("prepare_threshold") is None:
        return []
    first, second = _copy(connection), _copy(connection)
    try:
        return judge(alias, _look(first, second))
    except DatabaseError:  # it is not there: Django's own checks say so
        return []
    finally:
        first.close()
        second.close()


def _copy(connection: Any) -> Any:
    """Open one of the check's own: what is prepared on it is known to nobody else."""
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
