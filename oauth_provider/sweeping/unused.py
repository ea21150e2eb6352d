"""Unused access (``UNUSED_ACCESS_ENDS_AFTER``): consents that no sign-in uses are announced to end, and then end.

A refresh notes its time on its sign-in and nothing on the consent, so that no exchange costs more. What is known here
of a consent, its ``used_at``, is brought up to date only when it has become too old, and before a sign-in is deleted.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from oauth_provider.conf import provider_settings
from oauth_provider.events.event import UnusedAccessEnded
from oauth_provider.models import AuditEvent, Authorization, Consent, LogoutDelivery
from oauth_provider.models.consent import ANNOUNCED_BEFORE
from oauth_provider.notices.notice import access_unused
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.sweep import AnyOf
from oauth_provider.sql.transaction import locked_rows
from oauth_provider.tokens.ending import end

SAME = {name: OuterRef(name) for name in ("user", "application", "context")}
USE = Coalesce("rotated_at", "created_at")


def without_meaning(now: datetime) -> QuerySet[Consent]:
    """Last uses that nobody keeps up to date, since the setting is off: when it comes, all are counted from then."""
    rows = Consent.objects.filter(used_at__isnull=False)
    return (rows if _unused_since(now) is None else rows.none()).order_by("used_at")


def unseen(now: datetime) -> QuerySet[Consent]:
    """Consents that are counted from now on."""
    rows = Consent.objects.filter(used_at=None)
    return (rows.none() if _unused_since(now) is None else rows).order_by("pk")


def used_meanwhile(now: datetime) -> QuerySet[Consent]:
    """Consents that look unused, and whose sign-ins say that they are not."""
    return _long_known(now).filter(Exists(_uses_since(_announced_since(now))))


def to_announce(now: datetime) -> QuerySet[Consent]:
    """Consents that end in a week, of which their person does not know it."""
    return _long_known(now).filter(~Exists(_uses_since(_announced_since(now))), end_announced_at=None)


def to_end(now: datetime) -> QuerySet[Consent]:
    """Consents whose person knows for a week that they end, and has neither used nor kept them."""
    since = _unused_since(now)
    if since is None:
        return Consent.objects.none().order_by("used_at")
    rows = Consent.objects.filter(used_at__lte=since, end_announced_at__lte=now - ANNOUNCED_BEFORE)
    return rows.filter(~Exists(_uses_since(since))).order_by("used_at")


def forget_use(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Know nothing of these consents."""
    _consents(rows.db, keys).update(used_at=None, end_announced_at=None)


def note_use(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Note what the sign-ins of these consents say; where it is the first time, now. They are in use."""
    _consents(rows.db, keys).update(used_at=_last_use(database_now(rows.db)), end_announced_at=None)


def announce(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """Tell the people of these consents that they end: on *Connected apps*, and by mail."""
    now = database_now(rows.db)
    _consents(rows.db, keys).update(used_at=_last_use(now), end_announced_at=now)
    told = access_unused(_consents(rows.db, keys).select_related("user"), issuer=provider_settings.ISSUER)
    LogoutDelivery.objects.enqueue(told, using=rows.db)


def end_unused(rows: QuerySet[Any], keys: Sequence[Any]) -> None:
    """End these consents, which are locked, and their sign-ins; but none that a refresh has used meanwhile."""
    now = database_now(rows.db)
    since = _unused_since(now)
    if since is None:
        return
    consents = list(_consents(rows.db, keys).select_related("application", "user"))
    sign_ins = defaultdict(list)
    for row in locked_rows(_live_of(rows.db, keys), touch="scope"):
        sign_ins[row.user_id, row.application_id, row.context].append(row)
    unused = [one for one in consents if not any(_is_used(row, since) for row in sign_ins[_key_of(one)])]
    ending = [row for one in unused for row in sign_ins[_key_of(one)]]
    if ending:
        end(ending, Authorization.Reason.UNUSED, using=rows.db)
    _consents(rows.db, [one.pk for one in unused]).delete()
    ended = [UnusedAccessEnded(one.application, one.user, context=one.context) for one in unused]
    AuditEvent.objects.record(ended, using=rows.db)


def keep_use_of(keys: Sequence[Any], *, using: str) -> None:
    """Note on their consents when these sign-ins, which are about to be deleted, were used.

    A consent that somebody holds is given or taken back at this moment, and needs no note.
    """
    if provider_settings.UNUSED_ACCESS_ENDS_AFTER is None:
        return
    going = Authorization.objects.using(using).filter(AnyOf(F("pk"), list(keys)), **SAME)
    used = Consent.objects.using(using).filter(Exists(going), used_at__isnull=False).order_by("pk")
    if connections[using].features.has_select_for_update_skip_locked:
        used = used.select_for_update(of=("self",), skip_locked=True, no_key=True)
    found = list(used.values_list("pk", flat=True))
    if found:
        _consents(using, found).update(used_at=_last_use(database_now(using)))


def _unused_since(now: datetime) -> datetime | None:
    period = provider_settings.UNUSED_ACCESS_ENDS_AFTER
    return None if period is None else now - timedelta(seconds=period)


def _announced_since(now: datetime) -> datetime:
    return (_unused_since(now) or now) + ANNOUNCED_BEFORE


def _long_known(now: datetime) -> QuerySet[Consent]:
    """Consents whose last known use is so long ago that somebody has to look."""
    rows = Consent.objects.filter(used_at__lte=_announced_since(now)).order_by("used_at")
    return rows.none().order_by("used_at") if _unused_since(now) is None else rows


def _uses_since(moment: datetime) -> QuerySet[Authorization]:
    """Sign-ins of the consent that is asked about, which began or were refreshed after ``moment``."""
    return Authorization.objects.filter(Q(rotated_at__gt=moment) | Q(created_at__gt=moment), **SAME)


def _last_use(now: datetime) -> Any:
    """Return the last use of a consent, by its row and by its sign-ins; ``now`` where it was never looked at."""
    known = Coalesce("used_at", Value(now))
    by_sign_ins = Authorization.objects.filter(**SAME).order_by().values("user").annotate(last=Max(USE)).values("last")
    return Greatest(known, Coalesce(Subquery(by_sign_ins), known))


def _live_of(using: str, keys: Sequence[Any]) -> QuerySet[Authorization]:
    its = Consent.objects.using(using).filter(AnyOf(F("pk"), list(keys)), **SAME)
    live = Authorization.objects.using(using).filter(Exists(its), revoked_at=None)
    return live.select_related("application").order_by("pk")


def _is_used(row: Authorization, since: datetime) -> bool:
    return (row.rotated_at or row.created_at) > since


def _key_of(consent: Consent) -> tuple[Any, Any, str]:
    return consent.user_id, consent.application_id, consent.context


def _consents(using: str, keys: Sequence[Any]) -> QuerySet[Consent]:
    return Consent.objects.using(using).filter(AnyOf(F("pk"), list(keys)))
