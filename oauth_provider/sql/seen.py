"""Rows as they were read: is the row of a table still what a rule looked at?"""

from collections.abc import Mapping
from datetime import datetime
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import BigAutoField, CharField, DateTimeField, ForeignKey, Model, QuerySet, TextField

from oauth_provider.sql.model import deciding_fields

# What these very classes hand to PostgreSQL as it is. A subclass may do otherwise.
AS_IT_IS: Mapping[type, tuple[type, ...]] = {
    BigAutoField: (int,),
    CharField: (str, NoneType),
    DateTimeField: (NoneType,),
    ForeignKey: (int, NoneType),
    TextField: (str, NoneType),
}


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
    return as_parameter(value, field, connection)


def as_parameter(value: Any, field: Any, connection: Any) -> Any:
    """Return what PostgreSQL is sent for a value of ``field``; most are sent as they are, and a statement has forty."""
    kind = type(value)
    if kind in AS_IT_IS.get(type(field), ()) or (kind is datetime and value.tzinfo and type(field) is DateTimeField):
        return value
    return field.get_db_prep_save(value, connection)


def _comparable(value: Any, connection: Any) -> Any:
    """Give a time its zone where ``USE_TZ`` is off: PostgreSQL takes an hour that is repeated for the later one."""
    if type(value) is datetime and value.tzinfo is None and connection.vendor == "postgresql":
        return value.replace(tzinfo=ZoneInfo(connection.timezone_name))
    return value
