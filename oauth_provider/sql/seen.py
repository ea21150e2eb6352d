"""Rows as they were read: is the row of a table still what a rule looked at?"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import Model, QuerySet

from oauth_provider.sql.model import deciding_fields


def as_seen(row: Model, *, using: str) -> QuerySet[Any, Any]:
    """Return ``row`` of the database, if it is as it was read in everything that decides; else no row."""
    connection, model = connections[using], type(row)
    conditions: dict[str, Any] = {"pk": row.pk}
    for field in deciding_fields(model):
        value = _comparable(getattr(row, field.attname), connection)
        conditions |= {f"{field.attname}__isnull": True} if value is None else {field.attname: value}
    found: QuerySet[Any, Any] = model._base_manager.using(using).filter(**conditions)
    return found


def seen_value(row: Model, field: Any, connection: Any) -> Any:
    """Return the value of ``field`` as a parameter of a comparison."""
    value = _comparable(getattr(row, field.attname), connection)
    return field.get_db_prep_save(value, connection)


def _comparable(value: Any, connection: Any) -> Any:
    """Give a time its zone where ``USE_TZ`` is off: PostgreSQL takes an hour that is repeated for the later one."""
    if type(value) is datetime and value.tzinfo is None and connection.vendor == "postgresql":
        return value.replace(tzinfo=ZoneInfo(connection.timezone_name))
    return value
