"""Sweeping: what has expired and is of no use any more, as querysets, and how a batch of it goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.models.logout_delivery import LogoutDelivery
from oauth_provider.models.pending_request import REPEAT_WINDOW, PendingRequest
from oauth_provider.models.revoked_token import RevokedToken
from oauth_provider.models.signing_key import SigningKey


@dataclass(frozen=True, slots=True)
class Sweep:
    """``rows`` are due now; ``act`` takes a batch of their keys and says how many it dealt with."""

    name: str
    done: str
    rows: Callable[[], QuerySet[Any]]
    act: Callable[[Sequence[Any]], int]


def pending_requests() -> QuerySet[PendingRequest]:
    """Nobody can decide them any more, or get the answer again that is sealed in them."""
    now = timezone.now()
    return PendingRequest.objects.filter(Q(expires_at__lt=now) | Q(decided_at__lt=now - REPEAT_WINDOW))


def stale_answers() -> QuerySet[Authorization]:
    """Sealed for a retry whose window is over: an old token from a log would open them."""
    window = timedelta(seconds=provider_settings.REFRESH_TOKEN_RETRY_WINDOW)
    return Authorization.objects.exclude(sealed_answer="").filter(rotated_at__lt=timezone.now() - window)


def access_tokens() -> QuerySet[Any]:
    """Expired, and not what one of DOT's own live refresh tokens still reads its scope from."""
    standing = refresh_token_model()._base_manager.filter(access_token=OuterRef("pk"), revoked=None)
    expired = access_token_model()._base_manager.filter(expires__lt=timezone.now())
    due: QuerySet[Any] = expired.filter(~Exists(standing))
    return due


def authorizations() -> QuerySet[Authorization]:
    """Codes that were never redeemed, at once; what ended otherwise, after the retention."""
    now = timezone.now()
    kept_until = now - timedelta(seconds=provider_settings.SWEEP_RETENTION)
    unredeemed = Q(redeemed_at=None, expires_at__lt=now)
    ended = Q(revoked_at__lt=kept_until) | Q(expires_at__lt=kept_until)
    # While the session goes on, its client is still to be told when it ends.
    return Authorization.objects.filter(unredeemed | ended).exclude(
        redeemed_at__isnull=False, session_expires_at__gt=now
    )


def logout_deliveries() -> QuerySet[LogoutDelivery]:
    """Delivered or given up, after the retention."""
    kept_until = timezone.now() - timedelta(seconds=provider_settings.SWEEP_RETENTION)
    return LogoutDelivery.objects.filter(ended_at__lt=kept_until)


def revoked_tokens() -> QuerySet[RevokedToken]:
    """They would have expired by now."""
    return RevokedToken.objects.filter(expires__lt=timezone.now())


def client_secrets() -> QuerySet[ClientSecret]:
    """Ended, after the retention."""
    kept_until = timezone.now() - timedelta(seconds=provider_settings.SWEEP_RETENTION)
    return ClientSecret.objects.filter(expires_at__lt=kept_until)


def _delete(rows: Callable[[], QuerySet[Any]]) -> Callable[[Sequence[Any]], int]:
    def act(keys: Sequence[Any]) -> int:
        # Asked again: what was extended since the batch was read stays.
        due = rows().filter(pk__in=keys)
        count = due.count()
        due.delete()
        return count

    return act


def _blank_answers(keys: Sequence[Any]) -> int:
    return stale_answers().filter(pk__in=keys).update(sealed_answer="")


def _blank_private_halves(keys: Sequence[Any]) -> int:
    return SigningKey.objects.spent().filter(pk__in=keys).update(sealed_private_jwk="")


# In this order: access tokens before the authorizations that they hang on.
SWEEPS = (
    Sweep("pending requests", "deleted", pending_requests, _delete(pending_requests)),
    Sweep("sealed answers", "blanked", stale_answers, _blank_answers),
    Sweep("access tokens", "deleted", access_tokens, _delete(access_tokens)),
    Sweep("authorizations", "deleted", authorizations, _delete(authorizations)),
    Sweep("revoked tokens", "deleted", revoked_tokens, _delete(revoked_tokens)),
    Sweep("logout deliveries", "deleted", logout_deliveries, _delete(logout_deliveries)),
    Sweep("client secrets", "deleted", client_secrets, _delete(client_secrets)),
    Sweep("private halves of signing keys", "blanked", SigningKey.objects.spent, _blank_private_halves),
)
