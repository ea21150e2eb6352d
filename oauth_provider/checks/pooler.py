"""Check of connection poolers before PostgreSQL: an old one runs prepared statements of another client."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import DatabaseError, connections, router

from oauth_provider.checks.registration import register
from oauth_provider.dot.names import access_token_model
from oauth_provider.sql.pooler import Seen, look_for_pooler

HINT = (
    'Take "prepare_threshold" out of OPTIONS, or use PgBouncer 1.21 or newer with max_prepared_statements '
    "(docs/how-to/deploying.md)."
)


@register(Tags.database)
def check_pooler(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E092: clients run each other's prepared statements. W092: they would, if they shared sessions."""
    model = access_token_model()
    aliases = dict.fromkeys((router.db_for_write(model), router.db_for_read(model)))
    return [message for alias in aliases if alias in (databases or ()) for message in _messages(alias)]


def judge(alias: str, seen: Seen) -> list[CheckMessage]:
    """Return the messages about a pooler's effect on prepared statements."""
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
    try:
        return judge(alias, look_for_pooler(alias))
    except DatabaseError:  # it is not there: Django's own checks say so
        return []
