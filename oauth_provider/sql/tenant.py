"""Tenants: the database and schema that rows come from, by which everything is keyed that a process remembers of them.

A router gives a tenant an alias of its own; other projects change the name in an alias's settings, or the schema of
its connection (``schema_name``, as django-tenants has it). Telling costs no statement. What Python cannot see (a
``SET search_path`` of the project's own) the project names itself, by its setting ``TENANT``.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any, NamedTuple, cast

from django.db import connections

from oauth_provider.conf import provider_settings
from oauth_provider.sql.cursor import are_djangos


class Database(NamedTuple):
    """An alias, and where it leads at this moment."""

    alias: str
    name: Any
    host: Any
    port: Any
    options: Any
    service: Any


class Tenant(NamedTuple):
    """A database, and whose rows are found there at this moment."""

    database: Database
    schema: Hashable


def database_of(using: str) -> Database:
    """The database behind ``using``. Schemas within it are for the statement to tell apart, by ``tableoid``."""
    found: Any = connections[using].settings_dict
    options = found.get("OPTIONS") or {}
    name, host, port = found.get("NAME"), found.get("HOST"), found.get("PORT")
    return Database(using, name, host, port, options.get("options"), options.get("service"))


def tenant_of(using: str) -> Tenant | None:
    """The tenant behind ``using``; None where it cannot be told without a statement, and nothing may be remembered."""
    name_tenant = provider_settings.TENANT
    if name_tenant is not None:
        return Tenant(database_of(using), name_tenant())
    connection: Any = connections[using]
    schema, backend = getattr(connection, "schema_name", None), cast(Hashable, type(connection))
    if schema is None and not leaves_schema_alone(backend):
        return None
    return Tenant(database_of(using), schema)


@cache
def leaves_schema_alone(backend: Any) -> bool:
    """Are its cursors made as Django makes them? Whoever makes them otherwise may choose a schema first."""
    return are_djangos(backend.cursor, backend._cursor, backend._prepare_cursor, backend.create_cursor)
