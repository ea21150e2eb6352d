"""Clients that registered themselves (RFC 7591 §5) go when they have been idle for long enough, by time alone.

Counting them would let a stranger who registers many push out those of others. A client is idle while no sign-in,
access token or secret of it is in use. The sweep notes since when, so that no exchange costs more. A client that an
operator approved, or suspended, stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.events.event import ClientDeleted
from oauth_provider.models import AuditEvent, Authorization, ClientPolicy, ClientSecret, Consent, DynamicRegistration
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.sweep import AnyOf
from oauth_provider.sql.transaction import hold_referred

# Who never had a secret used in so long a time has none in use.
SECRET_IN_USE = timedelta(days=30)
OWN = {"application": OuterRef("application")}
SERVICE = "client-credentials"


def newly_idle(now: datetime) -> QuerySet[DynamicRegistration]:
    """Clients that nobody has seen idle before."""
    return _unvouched().filter(~_is_in_use(now), idle_since=None).order_by("pk")


def used_again(now: datetime) -> QuerySet[DynamicRegistration]:
    """Clients that were idle, and are in use."""
    return _unvouched().filter(_is_in_use(now), idle_since__isnull=False).order_by("idle_since")


def never_consented(now: datetime) -> QuerySet[DynamicRegistration]:
    """Idle clients that nobody ever agreed to. What acts for itself alone needs nobody's consent."""
    rows = _idle_for(provider_settings.UNCONSENTED_CLIENT_LIFETIME, now)
    longest = provider_settings.IDLE_CLIENT_LIFETIME
    if longest is not None:  # all others are due below
        rows = rows.filter(idle_since__gt=now - timedelta(seconds=longest))
    rows = rows.filter(~Exists(Consent.objects.filter(**OWN)))
    return rows.exclude(application__authorization_grant_type=SERVICE).order_by("idle_since")


def idle(now: datetime) -> QuerySet[DynamicRegistration]:
    """Clients that have been idle for so long that nobody will miss them."""
    return _idle_for(provider_settings.IDLE_CLIENT_LIFETIME, now).order_by("idle_since")


def note_idle(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Note that these clients are idle from now on."""
    _of(rows, keys).update(idle_since=database_now(rows.db))


def note_use(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Note that these clients are in use."""
    _of(rows, keys).update(idle_since=None)


def delete_clients(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Delete these clients, unless somebody has begun a sign-in meanwhile: from here on nobody can."""
    clients: QuerySet[Any] = application_model()._base_manager.using(rows.db).filter(AnyOf(F("pk"), list(keys)))
    hold_referred(clients)
    in_use = set(_of(rows, keys).filter(_is_in_use(database_now(rows.db))).values_list("pk", flat=True))
    going = clients.filter(AnyOf(F("pk"), [key for key in keys if key not in in_use]))
    AuditEvent.objects.record([ClientDeleted(one) for one in going], using=rows.db)
    going.delete()


def _unvouched() -> QuerySet[DynamicRegistration]:
    """Clients about which no operator has decided anything."""
    status = ClientPolicy.Status
    decided = (status.APPROVED, status.SUSPENDED)
    return DynamicRegistration.objects.exclude(application__oauth_policy__status__in=decided)


def _idle_for(lifetime: int | None, now: datetime) -> QuerySet[DynamicRegistration]:
    if lifetime is None:
        return DynamicRegistration.objects.none().order_by("idle_since")
    due = _unvouched().filter(idle_since__lte=now - timedelta(seconds=lifetime))
    return due.filter(~_is_in_use(now))


def _is_in_use(now: datetime) -> Q:
    sign_ins = Authorization.objects.filter(revoked_at=None, expires_at__gt=now, **OWN)
    tokens = access_token_model()._base_manager.filter(expires__gt=now, **OWN)
    secrets = ClientSecret.objects.filter(last_used_at__gt=now - SECRET_IN_USE, **OWN)
    return Q(Exists(sign_ins)) | Q(Exists(tokens)) | Q(Exists(secrets))


def _of(rows: QuerySet[Any], keys: Sequence[Any]) -> QuerySet[DynamicRegistration]:
    return DynamicRegistration.objects.using(rows.db).filter(AnyOf(F("application"), list(keys)))
