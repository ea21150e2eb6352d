"""Scopes of the database, as a process remembers them."""

import time

from django.db import router

from oauth_provider.models import Scope
from oauth_provider.registry import kept_scopes
from oauth_provider.sql.tenant import tenant_of


def remember_none() -> None:
    """As if this process had just read that there are none: the first request of a test costs no statement for it."""
    kept_scopes.forget()
    kept_scopes._changing.clear()
    tenant = tenant_of(router.db_for_write(Scope))
    if tenant is not None:
        kept_scopes._kept[tenant] = kept_scopes.Kept({}, time.time())
