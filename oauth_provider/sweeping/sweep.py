"""Sweeping: what has expired and is of no use any more, as querysets that an index answers, and how it goes.

Batches are short transactions of a few statements each, which wait for nobody: a row that somebody holds is left for
the next run. Each goes on where the one before ended, so that it does not search what that deleted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from oauth_provider.conf import provider_settings
from oauth_provider.conf.people import NOTICE_PREFIX
from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models.audit_event import AuditEvent
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.client import ClientPolicy
from oauth_provider.models.client_invitation import ClientInvitation
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.models.consent_receipt import ConsentReceipt
from oauth_provider.models.initial_access_token import InitialAccessToken
from oauth_provider.models.logout_delivery import LogoutDelivery
from oauth_provider.models.pending_request import REPEAT_WINDOW, PendingRequest
from oauth_provider.models.revoked_token import RevokedToken
from oauth_provider.models.signing_key import SigningKey
from oauth_provider.models.sweep_mark import SweepMark
from oauth_provider.models.token import TokenBinding
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.set_delete import delete_expired
from oauth_provider.sql.sweep import AnyOf
from oauth_provider.sweeping import registered_clients, unused
from oauth_provider.tokens.expiry import expire_access_tokens

# A day is the same in no two time zones, and ``USE_TZ = False`` stores some zone's.
DAY = timedelta(days=1)
NEWS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows that are due at a moment, as querysets that have no row in common, and what is done with a batch of them.

    Each queryset is in the order of one column. ``act`` is given a queryset of the model on the database where the
    rows are, and the keys of some that are due and locked; it runs inside a transaction.
    """

    name: str
    done: str
    due: tuple[Callable[[datetime], QuerySet[Any]], ...]
    act: Callable[[QuerySet[Any], Sequence[Any]], None]
    finish: Callable[[datetime], None] = lambda now: None

    def count(self, now: datetime) -> int:
        """Return how many rows are due at ``now``."""
        return sum(_at_home(rows(now)).count() for rows in self.due)

    def batches(self, now: datetime, size: int) -> Iterator[int]:
        """Act on all that is due at ``now``, ``size`` rows in a transaction; yield how many rows each dealt with."""
        for due in self.due:
            # The newest first. PostgreSQL's planner looks up the least key of a table, past all that are deleted:
            # without the oldest rows, planning a look-up costs more with every batch, and many times what it finds.
            rows = left = _at_home(due(now)).reverse()
            column = str(rows.query.order_by[0])
            while taken := self.take(left, column, size):
                yield len(taken)
                if len(taken) < size:
                    break
                left = rows.filter(**{f"{column}__lte": taken[-1][1]})
        self.finish(now)

    def take(self, rows: QuerySet[Any], column: str, size: int) -> list[tuple[Any, Any]]:
        """Act on the first ``size`` of ``rows`` that nobody holds; return the key and the ``column`` of each."""
        if connections[rows.db].features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(of=("self",), skip_locked=True)
        with transaction.atomic(using=rows.db):
            taken = list(rows.values_list("pk", column)[:size])
            if taken:
                self.act(rows, [key for key, _place in taken])
        return taken


def pending_requests(now: datetime) -> QuerySet[PendingRequest]:
    """Nobody can decide them any more."""
    return PendingRequest.objects.filter(expires_at__lt=now).order_by("expires_at")


def answered_requests(now: datetime) -> QuerySet[PendingRequest]:
    """Nobody can get the answer again that is sealed in them."""
    rows = PendingRequest.objects.filter(decided_at__lt=now - REPEAT_WINDOW, expires_at__gte=now)
    return rows.order_by("decided_at")


ANSWERS = "sealed answers"


def stale_answers(now: datetime) -> QuerySet[Authorization]:
    """Sealed for a retry whose window is over: an old token from a log would open them.

    An earlier run has seen to those of before its mark.
    """
    seen_to = SweepMark.objects.reached(ANSWERS)
    rows = Authorization.objects.filter(rotated_at__lt=_end_of_retries(now)).exclude(sealed_answer="")
    rows = rows.filter(rotated_on__lte=_day(now + DAY))
    return (rows.filter(rotated_on__gte=_day(seen_to - DAY)) if seen_to is not None else rows).order_by("rotated_on")


def _end_of_retries(now: datetime) -> datetime:
    """Return when the latest rotation was that no client may have answered again."""
    longest = ClientPolicy.objects.aggregate(longest=Max("refresh_token_retry_window"))["longest"] or 0
    return now - timedelta(seconds=max(provider_settings.REFRESH_TOKEN_RETRY_WINDOW, longest))


def access_tokens(now: datetime) -> QuerySet[Any]:
    """Expired, and not what one of DOT's own live refresh tokens still reads its scope from."""
    standing = refresh_token_model()._base_manager.filter(access_token=OuterRef("pk"), revoked=None)
    expired = access_token_model()._base_manager.filter(expires__lt=now)
    # DOT has no index on the end of a token, and older ones end first, as a rule.
    due: QuerySet[Any] = expired.filter(~Exists(standing)).order_by("pk")
    return due


def unredeemed(now: datetime) -> QuerySet[Authorization]:
    """Codes that were never redeemed, at once."""
    rows = Authorization.objects.filter(redeemed_at=None, code_expires_at__lt=now, expires_at__lt=now)
    return rows.order_by("code_expires_at")


def expired(now: datetime) -> QuerySet[Authorization]:
    """Sign-ins that ended by themselves, after the retention."""
    until = _kept_until(now)
    rows = Authorization.objects.exclude(_has_unredeemed_code(now)).filter(_is_told(now), expires_at__lt=until)
    return rows.filter(expires_on__lte=_day(until + DAY)).order_by("expires_on")


def revoked(now: datetime) -> QuerySet[Authorization]:
    """Sign-ins that were ended, after the retention."""
    until = _kept_until(now)
    rows = Authorization.objects.exclude(_has_unredeemed_code(now)).filter(_is_told(now), revoked_at__lt=until)
    return rows.filter(expires_at__gte=until).order_by("revoked_at")


def _has_unredeemed_code(now: datetime) -> Q:
    """Return the condition of ``unredeemed``."""
    return Q(redeemed_at__isnull=True, code_expires_at__isnull=False, code_expires_at__lt=now, expires_at__lt=now)


def _is_told(now: datetime) -> Q:
    """While a session goes on, its client is still to be told when it ends."""
    return Q(redeemed_at=None) | Q(session_expires_at=None) | Q(session_expires_at__lte=now)


def logout_deliveries(now: datetime) -> QuerySet[LogoutDelivery]:
    """Delivered or given up, after the retention; a notice is remembered for the day on which there is one."""
    return LogoutDelivery.objects.filter(ended_at__lt=min(_kept_until(now), now - DAY)).order_by("ended_at")


def old_notices(now: datetime) -> QuerySet[LogoutDelivery]:
    """Mails to people that nobody delivered for so long that they are no news any more."""
    rows = LogoutDelivery.objects.filter(status=LogoutDelivery.Status.PENDING, kind__startswith=NOTICE_PREFIX)
    return rows.filter(next_attempt_at__lt=now - NEWS).order_by("next_attempt_at")


def ended_receipts(now: datetime) -> QuerySet[ConsentReceipt]:
    """Nothing stands on them any more, and they do not say so yet."""
    return ConsentReceipt.objects.newly_ended()


def consent_receipts(now: datetime) -> QuerySet[ConsentReceipt]:
    """Return those that ended longer ago than they are kept for."""
    lifetime = provider_settings.CONSENT_RECEIPT_LIFETIME
    if lifetime is None:
        return ConsentReceipt.objects.none().order_by("ended_at")
    return ConsentReceipt.objects.ended_before(now - timedelta(seconds=lifetime))


def audit_events(now: datetime) -> QuerySet[AuditEvent]:
    """Return what happened longer ago than the audit is kept for."""
    lifetime = provider_settings.AUDIT_LIFETIME
    if lifetime is None:
        return AuditEvent.objects.none().order_by("occurred_at")
    return AuditEvent.objects.before(now - timedelta(seconds=lifetime))


def revoked_tokens(now: datetime) -> QuerySet[RevokedToken]:
    """Return the revoked JWTs that would have expired by now."""
    return RevokedToken.objects.filter(expires__lt=now).order_by("expires")


def client_secrets(now: datetime) -> QuerySet[ClientSecret]:
    """Ended, after the retention."""
    return ClientSecret.objects.filter(expires_at__lt=_kept_until(now)).order_by("expires_at")


def invitations(now: datetime) -> QuerySet[ClientInvitation]:
    """Return those into teams of clients that nobody accepted in time."""
    return ClientInvitation.objects.filter(expires_at__lt=now).order_by("expires_at")


def initial_access_tokens(now: datetime) -> QuerySet[InitialAccessToken]:
    """Ended, after the retention."""
    return InitialAccessToken.objects.filter(expires_at__lt=_kept_until(now)).order_by("expires_at")


def private_halves(now: datetime) -> QuerySet[SigningKey]:
    """Of keys that sign nothing any more."""
    return SigningKey.objects.spent().order_by("pk")


def _kept_until(now: datetime) -> datetime:
    return now - timedelta(seconds=provider_settings.SWEEP_RETENTION)


def _day(moment: datetime) -> date:
    return (moment.astimezone(UTC) if timezone.is_aware(moment) else moment).date()


def _at_home(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return ``rows`` on the database where they are written."""
    return rows.using(router.db_for_write(rows.model))


def _delete_authorizations(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Without its authorization a token would look like one that never had any: it ends first."""
    # As a rule the tokens are swept by now, and finding that out costs a fifth of looking for live ones.
    if TokenBinding._base_manager.using(rows.db).filter(AnyOf(F("authorization"), keys)).exists():
        expire_access_tokens(keys, database_now(rows.db), using=rows.db)
    unused.keep_use_of(keys, using=rows.db)
    delete_expired(rows, keys)


def _end_receipts(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    _rows_of(rows, keys).update(ended_at=database_now(rows.db))


def _blank_answers(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    _rows_of(rows, keys).update(sealed_answer="")


def _blank_private_halves(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    _rows_of(rows, keys).update(sealed_private_jwk="")


def _rows_of(rows: QuerySet[Any], keys: Sequence[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.model._base_manager.using(rows.db).filter(AnyOf(F("pk"), keys))
    return found


def _mark_answers(now: datetime) -> None:
    SweepMark.objects.move(ANSWERS, _end_of_retries(now))


# In this order: access tokens before the authorizations that they hang on.
SWEEPS = (
    Sweep("pending requests", "deleted", (pending_requests, answered_requests), delete_expired),
    Sweep(ANSWERS, "blanked", (stale_answers,), _blank_answers, _mark_answers),
    Sweep("access tokens", "deleted", (access_tokens,), delete_expired),
    Sweep("last uses of consents", "forgotten", (unused.without_meaning,), unused.forget_use),
    Sweep("last uses of consents", "noted", (unused.unseen, unused.used_meanwhile), unused.note_use),
    Sweep("unused consents", "announced to end", (unused.to_announce,), unused.announce),
    Sweep("unused consents", "ended", (unused.to_end,), unused.end_unused),
    Sweep("authorizations", "deleted", (unredeemed, expired, revoked), _delete_authorizations),
    Sweep("revoked tokens", "deleted", (revoked_tokens,), delete_expired),
    Sweep("messages", "deleted", (logout_deliveries, old_notices), delete_expired),
    Sweep("consent receipts", "closed", (ended_receipts,), _end_receipts),
    Sweep("consent receipts", "deleted", (consent_receipts,), delete_expired),
    Sweep("audit events", "deleted", (audit_events,), delete_expired),
    Sweep("client secrets", "deleted", (client_secrets,), delete_expired),
    Sweep("invitations", "deleted", (invitations,), delete_expired),
    Sweep("initial access tokens", "deleted", (initial_access_tokens,), delete_expired),
    Sweep("registered clients", "noted as idle", (registered_clients.newly_idle,), registered_clients.note_idle),
    Sweep("registered clients", "noted as in use", (registered_clients.used_again,), registered_clients.note_use),
    Sweep(
        "registered clients",
        "deleted",
        (registered_clients.never_consented, registered_clients.idle),
        registered_clients.delete_clients,
    ),
    Sweep("private halves of signing keys", "blanked", (private_halves,), _blank_private_halves),
)
