"""What this process remembers of clients that authenticated (RFC 6749 §2.3), on PostgreSQL, and never just believes.

A remembered client saves the statement that would read it: the statement that does the work finds, in passing, whether
the rows of the client, its policy and its secret are still those that were read. Whatever has no such statement asks.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from django.db import connections, router
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models.compiled_save import is_plain
from oauth_provider.models.kept_cursor import fetch
from oauth_provider.models.tenant import Database
from oauth_provider.models.transaction import is_autonomous
from oauth_provider.models.verification_cache import UNCHANGEABLE

REMEMBERED = 1_000
# In seconds. PostgreSQL counts transactions in 32 bits, and none comes round within that.
LIFETIME = 300.0

# The database, ``client_id``, and the digest of what it presented. The statement that confirms tells schemas apart.
Key: TypeAlias = tuple[Database, str, str]


class ClientChanged(Exception):
    """A remembered client is not any more what it was. Nothing was written for it, and nothing told."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The columns of a client as the database gave them, and which writing of its rows they are."""

    values: Sequence[Any] = field(repr=False)
    version: str
    until: float


@dataclass(slots=True)
class Recalled:
    """For one request: a client that was remembered, until a statement has found that it still is so."""

    key: Key = field(repr=False)
    version: str
    application_id: Any
    secret_id: Any
    is_confirmed: bool = False

    @property
    def parameters(self) -> tuple[Any, ...]:
        """Those of ``condition``."""
        return self.secret_id, self.application_id, self.version

    def settle(self, is_so: bool) -> None:
        """Take the answer to the condition. Raises ``ClientChanged`` where it is no."""
        if not is_so:
            client_memory.forget(self.key)
            raise ClientChanged
        self.is_confirmed = True

    def confirm(self) -> None:
        """Ask, unless a statement has. Raises ``ClientChanged``."""
        if self.is_confirmed:
            return
        sql = f"SELECT {condition()}"
        ((is_so,),) = fetch(connections[self.key[0].alias], sql, self.parameters)
        self.settle(is_so)


class ClientMemory:
    """Clients by how they authenticated, ``REMEMBERED`` at most. Each step is atomic, so it takes no lock."""

    def __init__(self) -> None:
        self._clients: dict[Key, Remembered] = {}
        self._swept_at = 0.0

    def find(self, key: Key) -> Remembered | None:
        """What was remembered not too long ago."""
        known = self._clients.get(key)
        if known is not None and known.until <= time.monotonic():
            self.forget(key)
            return None
        return known

    def keep(self, key: Key, values: Sequence[Any], version: str) -> None:
        """Remember ``values``, unless somebody could change them."""
        if not all(isinstance(value, UNCHANGEABLE) for value in values):
            return
        now = time.monotonic()
        if now >= self._swept_at + LIFETIME:
            self._swept_at = now
            self._clients = {key: known for key, known in self._clients.copy().items() if known.until > now}
        if len(self._clients) >= REMEMBERED:
            self._clients.clear()
        self._clients[key] = Remembered(values, version, now + LIFETIME)

    def forget(self, key: Key) -> None:
        """It has changed."""
        self._clients.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._clients.clear()


client_memory = ClientMemory()


def is_remembering(using: str) -> bool:
    """Can what is remembered be confirmed? Within a transaction, rows may be such as nobody else ever sees."""
    connection = connections[using]
    return (
        connection.vendor == "postgresql"
        and is_autonomous(connection)
        # Rows of a replica may be old; and the statement that confirms is one about tokens.
        and using == router.db_for_write(application_model()) == router.db_for_write(access_token_model())
        and _has_versions(using)
    )


def version_of(policy: str, secret: str) -> RawSQL:
    """The writing of a client's rows, where a query names its tables of the policy and the secret so."""
    names = map(_quote, (application_model()._meta.db_table, policy, secret))
    return RawSQL(_version(*names), (), output_field=TextField())  # noqa: S611 - our own names


@cache
def condition() -> str:
    """SQL that is true while a client is what was remembered, for the ``parameters`` of ``Recalled``."""
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
def _has_versions(using: str) -> bool:
    """A table of PostgreSQL knows the transactions that wrote its rows; what stands for a table may not."""
    model: Any = application_model()
    return bool(model._meta.managed and not model._meta.proxy and is_plain(model, using))


def _version(application: str, policy: str, secret: str) -> str:
    # With the table, since tenants may have a schema each, and rows of theirs the same keys and the same transaction.
    columns = (f"{table}.{column}" for table in (application, policy, secret) for column in ("tableoid", "xmin"))
    return f"concat_ws(' ', {', '.join(columns)})"


def _quote(name: str) -> str:
    """As PostgreSQL's ``quote_name`` does."""
    return name if name.startswith('"') and name.endswith('"') else f'"{name}"'
