"""Guards: are the rows of a remembered client still those that were read? On PostgreSQL.

A remembered client (``clients.memory``) saves the statement that would read it: the statement that does the work finds,
in passing, whether the rows of the client, its policy and its secret are as they were. PostgreSQL names, in ``xmin``,
the transaction that wrote a row; another writer, another name.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Model, TextField
from django.db.models.expressions import RawSQL

from oauth_provider.dot.names import application_model
from oauth_provider.sql.cursor import fetch
from oauth_provider.sql.model import is_plain


@dataclass(frozen=True, slots=True)
class Guard:
    """The rows of one client as they were read: their keys, and which writing of them ``version`` is."""

    application_id: Any
    secret_id: Any
    version: str = field(repr=False)

    @property
    def parameters(self) -> tuple[Any, ...]:
        """SQL parameters of ``condition``: secret, application, version."""
        return self.secret_id, self.application_id, self.version

    def holds(self, using: str) -> bool:
        """Ask the database, in a statement of its own."""
        ((is_unchanged,),) = fetch(connections[using], f"SELECT {condition()}", self.parameters)
        return bool(is_unchanged)


def as_column(secret_id: Any, application_id: Any, version: Any) -> RawSQL:
    """Return ``condition`` as a column of a queryset."""
    return RawSQL(condition(), (secret_id, application_id, version), output_field=BooleanField())  # noqa: S611 - our own names


def version_of(policy: str, secret: str) -> RawSQL:
    """Return the version of a client's rows as a column, where a query names its policy and its secret so."""
    names = map(_quote, (application_model()._meta.db_table, policy, secret))
    return RawSQL(_version(*names), (), output_field=TextField())  # noqa: S611 - our own names


@cache
def condition() -> str:
    """Return SQL that is true while a client is what was remembered, for the ``parameters`` of a ``Guard``."""
    meta = application_model()._meta
    policy, secret = (meta.get_field(name).related_model._meta for name in ("oauth_policy", "oauth_secrets"))
    key, policy_key, secret_key = (_quote(one.pk.column) for one in (meta, policy, secret))
    whose = _quote(secret.get_field("application").column)
    return (
        f"EXISTS (SELECT 1 FROM {_quote(meta.db_table)} a "  # noqa: S608 - our own names
        f"LEFT JOIN {_quote(policy.db_table)} p ON p.{policy_key} = a.{key} "
        f"LEFT JOIN {_quote(secret.db_table)} s ON s.{secret_key} = %s AND s.{whose} = a.{key} "
        f"WHERE a.{key} = %s AND {_version('a', 'p', 's')} = %s)"
    )


@cache
def has_versions(model: Any, using: str) -> bool:
    """Is ``model`` a table? PostgreSQL knows the transactions that wrote its rows; a view may not."""
    kind: type[Model] = model
    return bool(kind._meta.managed and not kind._meta.proxy and is_plain(kind, using))


def _version(application: str, policy: str, secret: str) -> str:
    # With the table, since tenants may have a schema each, and rows of theirs the same keys and the same transaction.
    columns = (f"{table}.{column}" for table in (application, policy, secret) for column in ("tableoid", "xmin"))
    return f"concat_ws(' ', {', '.join(columns)})"


def _quote(name: str) -> str:
    """Quote a name as Django's ``quote_name`` does for PostgreSQL."""
    return name if name.startswith('"') and name.endswith('"') else f'"{name}"'
