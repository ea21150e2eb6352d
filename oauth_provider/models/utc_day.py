"""The day of a timestamp, in UTC: a coarse column that the database keeps by itself, for the sweep to search.

An index on a timestamp that every refresh moves would make PostgreSQL write all indexes of the row anew; one on its
day is touched once a day.
"""

from typing import Any

from django.core.checks import CheckMessage
from django.db.models import DateField, Func, GeneratedField


class UtcDay(Func):
    """The date of a timestamp; immutable, as a generated column has to be, whatever the zone of the connection."""

    function = "DATE"
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return SQL that names the zone: a cast alone depends on the session's."""
        return self.as_sql(compiler, connection, template="((%(expressions)s) AT TIME ZONE 'UTC')::date", **context)


class UtcDayField(GeneratedField):
    """A stored day. Both databases that we know have such columns, so that checks need not connect to find out."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Check all but what the databases can do: Django 6.1 asks PostgreSQL for its version."""
        return super().check(**{**kwargs, "databases": ()})


def utc_day(column: str) -> UtcDayField:
    """Return a stored field with the day of ``column``."""
    return UtcDayField(expression=UtcDay(column), output_field=DateField(null=True), db_persist=True)
