"""Ending sign-ins (RFC 7009 §2, RFC 9700 §4.14.2): the authorization is revoked, and its access tokens expire.

Never in one statement: an access token that somebody else commits meanwhile would be missed by its snapshot.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import router
from django.db.models import QuerySet

from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.event import AuthorizationRevoked
from oauth_provider.models import AuditEvent, Authorization
from oauth_provider.models.audit_event import audited
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.outcome import Change, Outcome
from oauth_provider.sql.transaction import run
from oauth_provider.tokens.expiry import expire_access_tokens

T = TypeVar("T")
Reason = Authorization.Reason


def revoke_authorizations(rows: QuerySet[Authorization], reason: Reason, by: Actor = NOBODY) -> int:
    """Revoke every live one of ``rows``; how many there were. Joins a caller's transaction."""
    using = router.db_for_write(Authorization)
    # Read before the transaction, whose first statement is then the write that takes the locks.
    live = rows.using(using).filter(revoked_at=None).select_related("application")
    ending = list(live.order_by("pk"))
    return run(lambda: end(ending, reason, using=using, by=by), using=using, durable=False) if ending else 0


def end(ending: Sequence[Authorization], reason: Reason, *, using: str, by: Actor = NOBODY) -> int:
    """Revoke ``ending``, which were live when they were read, inside the caller's transaction; return how many still
    were.

    The first statement takes their locks, so that no token can be added before the second.
    """
    keys, now = {row.pk for row in ending}, database_now(using)
    rows = Authorization._base_manager.using(using).filter(pk__in=keys)
    if rows.filter(revoked_at=None).update(**revoked(reason, now)) < len(keys):
        # Somebody else ended the others meanwhile, and has told of them.
        keys = set(rows.filter(revoked_at=now, revoked_reason=reason).values_list("pk", flat=True))
    expire_access_tokens(keys, now, using=using)
    ended = [row for row in ending if row.pk in keys]
    for row in ended:
        vars(row).update(revoked(reason, now))
    AuditEvent.objects.record([AuthorizationRevoked(row, str(reason)) for row in ended], using=using, by=by)
    return len(ended)


def revocation(
    authorization: Authorization,
    client: Client,
    reason: Reason,
    now: datetime,
    answer: T | OAuthError,
    *,
    by: Actor = NOBODY,
) -> Outcome[T]:
    """Return the outcome that ends one live sign-in of ``client``, if it still is as it was read, and answers
    ``answer`` then."""
    authorization.application = client.application  # which nobody then has to read
    outcome = Outcome(
        answer,
        writes=(Change(authorization, revoked(reason, now)),),
        then=(partial(_expire, authorization.pk, now),),
        events=(AuthorizationRevoked(authorization, str(reason)),),
    )
    return audited(outcome, by)


def revoked(reason: Reason, now: datetime) -> dict[str, Any]:
    """Return the columns of a sign-in that is revoked. What was answered is never said again."""
    return {"revoked_at": now, "revoked_reason": reason, "sealed_answer": ""}


def _expire(key: int, now: datetime, using: str) -> None:
    expire_access_tokens([key], now, using=using)
