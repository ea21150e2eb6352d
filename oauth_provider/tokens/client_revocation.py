"""Revocation of all that a client holds (RFC 7009 §2): every sign-in of everybody, and every token of its own."""

import time
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.models import QuerySet

from oauth_provider.dot.names import Row, access_token_model, refresh_token_model
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.status import ClientRevoked
from oauth_provider.models import AuditEvent, Authorization
from oauth_provider.models.authorization import authorization_now
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_refresh_tokens

# Rows that end in one transaction, and how long one call goes on, in seconds: a page waits for it.
AT_ONCE, MAX_SECONDS = 500, 20.0


@dataclass(frozen=True, slots=True)
class Ended:
    """Count of what one call has ended, and whether that was all."""

    sign_ins: int
    tokens: int
    is_all: bool


def live_sign_ins(*applications: Row) -> QuerySet[Authorization]:
    """Return the sign-ins at these clients that are not over."""
    live = Authorization.objects.filter(revoked_at=None, expires_at__gt=authorization_now())
    return live.filter(application__in=applications).order_by()


def revoke_client(application: Row, by: Actor = NOBODY) -> Ended:
    """End all that the client holds, some at a time. A sign-in of somebody else's that begins meanwhile may be left.

    Tokens of django-oauth-toolkit come first: one that is being adopted is locked until its sign-in can be seen. JWTs
    of its own have no row, and serve until they expire or the client is suspended.
    """
    until = time.monotonic() + MAX_SECONDS
    refresh_tokens = refresh_token_model()._base_manager.filter(application=application, revoked=None)
    alone = access_token_model()._base_manager.filter(application=application, oauth_binding__authorization=None)
    tokens = 0
    while time.monotonic() < until and (some := _some(refresh_tokens)):
        revoke_refresh_tokens(refresh_tokens.filter(pk__in=some))
    while time.monotonic() < until and (some := _some(alone.filter(expires__gt=authorization_now()))):
        tokens += revoke_access_tokens(alone.filter(pk__in=some), by)
    sign_ins, live = 0, live_sign_ins(application)
    while time.monotonic() < until and (some := _some(live)):
        sign_ins += revoke_authorizations(live.filter(pk__in=some), Authorization.Reason.OPERATOR, by)
    using = router.db_for_write(AuditEvent)
    AuditEvent.objects.record([ClientRevoked(application, sign_ins, tokens)], using=using, by=by)
    return Ended(sign_ins, tokens, time.monotonic() < until)


def _some(rows: QuerySet[Any]) -> list[Any]:
    using = router.db_for_write(rows.model)
    return list(rows.using(using).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
