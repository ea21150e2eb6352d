"""Per-process cache of clients that authenticated (RFC 6749 §2.3), on PostgreSQL.

An entry counts only if the statement that uses it proves that its rows are unchanged: see ``sql.guard``.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from django.db import connections, router

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.sql.guard import has_versions
from oauth_provider.sql.lookup import UNCHANGEABLE
from oauth_provider.sql.tenant import Database
from oauth_provider.sql.transaction import in_autocommit

REMEMBERED = 1_000
# In seconds. PostgreSQL counts transactions in 32 bits, and none comes round within that.
LIFETIME = 300.0

# The database, ``client_id``, and the digest of what it presented. The statement that confirms tells schemas apart.
Key: TypeAlias = tuple[Database, str, str]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The columns of a client as the database gave them, and which writing of its rows they are."""

    values: Sequence[Any] = field(repr=False)
    version: str
    until: float


class ClientMemory:
    """Clients by how they authenticated, ``REMEMBERED`` at most. Each step is atomic, so it takes no lock."""

    def __init__(self) -> None:
        self._clients: dict[Key, Remembered] = {}
        self._swept_at = 0.0

    def find(self, key: Key) -> Remembered | None:
        """Return the entry of ``key``, if it is not too old."""
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
    connection, model = connections[using], cast(Any, application_model())
    return (
        connection.vendor == "postgresql"
        and in_autocommit(connection)
        # Rows of a replica may be old; and the statement that confirms is one about tokens.
        and using == router.db_for_write(model) == router.db_for_write(access_token_model())
        and has_versions(model, using)
    )
