"""Scopes of the database, as this process read them last: requests cost no statement for them.

A process reads them again once a minute, and at once where it changed them itself. Nothing that must be true at this
moment follows from them: nobody agrees to words that they were not shown (``authorization.decision``), and a token
that holds a scope is not ended by the scope's going.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from weakref import WeakSet

from django.db import connections, router, transaction
from django.db.models.signals import post_delete, post_save

from oauth_provider.models import Scope
from oauth_provider.protocol.scope_entry import ScopeEntry
from oauth_provider.sql.tenant import Tenant, tenant_of

logger = logging.getLogger("oauth_provider.registry")

# In seconds.
REREAD = 60
# Tenants that only pass by do not fill the memory.
MAX_TENANTS = 500


@dataclass(frozen=True, slots=True)
class KeptScope:
    """A scope of the database; what is empty, or None, it leaves to the settings."""

    words: str
    risk: str = ""
    description: str = ""
    api: str = ""
    group: str = ""
    icon: str = ""
    is_optional: bool | None = None
    implies: tuple[str, ...] | None = None
    read_twin: str = ""
    grantable_by: str = ""
    refusal: str = ""

    def over(self, configured: ScopeEntry | None) -> ScopeEntry:
        """Return the entry of both: what this one says, and else what the settings do."""
        said: dict[str, Any] = {name: value for name in TEXTS if (value := getattr(self, name))}
        if self.is_optional is not None:
            said["optional"] = self.is_optional
        if self.implies is not None:
            said["implies"] = self.implies
        return replace(configured or ScopeEntry(self.words), title=self.words, **said)


TEXTS = ("risk", "description", "api", "group", "icon", "read_twin", "grantable_by", "refusal")
COLUMNS = tuple(field.name for field in fields(KeptScope))


@dataclass(frozen=True, slots=True)
class Kept:
    """Scopes by name, and when they were read (``time.time``)."""

    scopes: Mapping[str, KeptScope]
    read_at: float


_kept: dict[Tenant, Kept] = {}
# Connections whose open transaction changed scopes: what they read may yet be rolled back.
_changing: WeakSet[Any] = WeakSet()


def connect() -> None:
    """Have Django tell of every scope that is saved or deleted in this process."""
    for signal in (post_save, post_delete):
        signal.connect(_changed, sender=Scope, dispatch_uid="oauth_provider.kept_scopes")


def kept_scopes() -> Mapping[str, KeptScope]:
    """Return the scopes of the database, in no more than one statement a minute."""
    using = router.db_for_write(Scope)
    tenant = tenant_of(using)
    if tenant is None:
        return _read(using)
    kept = _kept.get(tenant)
    if kept is not None and abs(time.time() - kept.read_at) < REREAD:
        return kept.scopes
    return _read_again(using, tenant, kept)


def forget(**_facts: Any) -> None:
    """Read them anew when they are next needed."""
    _kept.clear()


def _read_again(using: str, tenant: Tenant, old: Kept | None) -> Mapping[str, KeptScope]:
    """Read them now; return those of before where that fails, so that an outage of a minute is none of ours."""
    if old is not None:
        # Other threads go on with these meanwhile.
        _keep(using, tenant, old.scopes)
    try:
        scopes = _read(using)
    except Exception:  # a database fails in its own way
        if old is None:
            raise
        logger.exception("The scopes cannot be read. Those of before are used for another minute.")
        return old.scopes
    _keep(using, tenant, scopes)
    return scopes


def _read(using: str) -> Mapping[str, KeptScope]:
    rows = Scope.objects.using(using).order_by("name").values("name", *COLUMNS)
    return {row.pop("name"): _kept_scope(row) for row in rows}


def _kept_scope(row: dict[str, Any]) -> KeptScope:
    implies = row.pop("implies")
    return KeptScope(**row, implies=tuple(map(str, implies)) if isinstance(implies, list) else None)


def _keep(using: str, tenant: Tenant, scopes: Mapping[str, KeptScope]) -> None:
    connection = connections[using]
    if not connection.in_atomic_block:
        _changing.discard(connection)
    elif connection in _changing:
        return
    if len(_kept) >= MAX_TENANTS:
        _kept.clear()
    _kept[tenant] = Kept(scopes, time.time())


def _changed(sender: Any, using: str, **kwargs: Any) -> None:
    forget()
    connection = connections[using]
    if connection.in_atomic_block:
        _changing.add(connection)
        transaction.on_commit(forget, using=using)
