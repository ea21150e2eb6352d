"""Rows as they were read: is the row of a table still what a rule looked at?"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
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
    fields = deciding_fields(type(row))
    conditions: dict[str, Any] = {"pk": row.pk}
    for field, value in zip(fields, seen_values(row, fields, connections[using]), strict=True):
        conditions |= {f"{field.attname}__isnull": True} if value is None else {field.attname: value}
    found: QuerySet[Any, Any] = type(row)._base_manager.using(using).filter(**conditions)
    return found


def seen_values(row: Model, fields: Iterable[Any], connection: Any) -> list[Any]:
    """Return the values of ``fields`` that a row of the database is compared with."""
    values = [getattr(row, field.attname) for field in fields]
    if settings.USE_TZ or connection.vendor != "postgresql":
        return values
    zone = ZoneInfo(connection.timezone_name)  # PostgreSQL takes an hour that is repeated for the later one
    return [value.replace(tzinfo=zone) if type(value) is datetime and not value.tzinfo else value for value in values]


def as_parameters(fields: Iterable[Any], values: Iterable[Any], connection: Any) -> list[Any]:
    """Return what PostgreSQL is sent for ``values`` of ``fields``; most are sent as they are, and there are forty."""
    parameters = []
    for field, value in zip(fields, values, strict=True):
        kind = type(value)
        is_time = kind is datetime and value.tzinfo and type(field) is DateTimeField
        is_sent = is_time or kind in AS_IT_IS.get(type(field), ())
        parameters.append(value if is_sent else field.get_db_prep_save(value, connection))
    return parameters
