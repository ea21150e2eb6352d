"""The origins of all clients (Fetch §3.2): a preflight names no client, so any client's origin may ask.

Each process keeps the whole list for a short time, so that strangers who send fresh origins make it ask the database
once in ``RETRY`` seconds at most, and store nothing. It is read anew at once where a client is saved in this process.
"""

import time
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import router
from django.db.models.signals import post_delete, post_save

from oauth_provider.dot.names import application_model
from oauth_provider.models.client import allowed_origins
from oauth_provider.sql.tenant import Tenant, tenant_of

# An origin that was taken away is let through for so long at most, one that is new is refused for so long, in seconds.
KNOWN_FOR = 60
RETRY = 5
# Of more clients than this with origins, none are kept: each origin is looked for by itself, so many times a second.
MAX_CLIENTS = 5_000
MAX_LOOKUPS = 20
# Tenants whose lists are kept at the same time.
MAX_TENANTS = 64


@dataclass(frozen=True, slots=True)
class Known:
    """The list as it was read at a moment; ``origins`` None where there are too many."""

    origins: frozenset[str] | None
    read_at: float


_known: dict[Tenant, Known] = {}
# How many look-ups there were in the latest second.
_lookups: dict[int, int] = {}


def is_known(origin: str) -> bool:
    """Is ``origin`` one of any client's?"""
    if not origin.isascii() or not origin.isprintable():
        return False
    tenant = tenant_of(router.db_for_write(application_model()))
    if tenant is None:  # nothing may be kept
        return _is_anybodys(origin)
    known = _known.get(tenant)
    if known is None or not _is_younger(known, KNOWN_FOR):
        known = _read(tenant)
    if known.origins is None:
        return _is_anybodys(origin)
    if origin not in known.origins and not _is_younger(known, RETRY):
        known = _read(tenant)
    return known.origins is not None and origin in known.origins


def forget(**kwargs: Any) -> None:
    """Read the list anew the next time; also a receiver of the signals of a client's row."""
    _known.clear()


def connect() -> None:
    """Forget the list where a client is saved or deleted in this process."""
    for signal in (post_save, post_delete):
        signal.connect(forget, sender=application_model(), dispatch_uid="oauth_provider.origins")


def _read(tenant: Tenant) -> Known:
    columns = list(islice(allowed_origins()[: MAX_CLIENTS + 1].iterator(), MAX_CLIENTS + 1))
    is_kept = len(columns) <= MAX_CLIENTS
    origins = frozenset(origin for column in columns for origin in column.split()) if is_kept else None
    if len(_known) >= MAX_TENANTS:
        _known.clear()
    _known[tenant] = Known(origins, time.time())
    return _known[tenant]


def _is_anybodys(origin: str) -> bool:
    """Ask the database about one origin, unless it was asked too often in this second."""
    if not _may_look_up():
        return False
    columns = allowed_origins().filter(allowed_origins__contains=origin)
    return any(origin in column.split() for column in columns)


def _is_younger(known: Known, seconds: float) -> bool:
    return abs(time.time() - known.read_at) < seconds


def _may_look_up() -> bool:
    second = int(time.time())
    count = _lookups.get(second, 0) + 1
    _lookups.clear()
    _lookups[second] = count
    return count <= MAX_LOOKUPS
