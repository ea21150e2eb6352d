"""Timestamps of compiled queries on PostgreSQL: sent as text, and read by ``datetime.fromisoformat``.

Under Django psycopg reads each one in Python, with a regular expression; six of them cost more than five joins do.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Func
from django.db.models.sql import Query

DB_TYPE = "timestamp with time zone"


class TimestampText(Func):
    """A column of timestamps as PostgreSQL writes it, in the time zone of the connection (``DateStyle`` is ISO)."""

    template = "%(expressions)s::text"

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Text first becomes what the column's own converters take."""
        return [_read, *super().get_db_converters(connection)]


def select_as_text(query: Query, connection: Any) -> None:
    """Have ``query`` select its columns of timestamps as text. A project's own field may be no timestamp there."""
    query.select = tuple(
        TimestampText(column, output_field=column.output_field)
        if isinstance(column.output_field, DateTimeField) and column.output_field.db_type(connection) == DB_TYPE
        else column
        for column in query.select
    )


def _read(value: str | None, expression: Any, connection: Any) -> datetime | None:
    if value is None:
        return None
    moment, zone = datetime.fromisoformat(value), connection.timezone
    if moment.tzinfo is zone:
        return moment
    if zone is not None:
        return moment.astimezone(zone)
    # USE_TZ is off: the project's own local time, with the fold that tells an hour from its repetition in autumn.
    return moment.astimezone(ZoneInfo(connection.timezone_name)).replace(tzinfo=None)
