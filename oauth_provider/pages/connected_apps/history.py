"""History of connected apps, in plain words: the last things that they did, or that a person did with them.

It is read from the audit, whose rows outlive what they tell of.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import router
from django.db.models import OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, Authorization

MAX_ENTRIES = 30
Words = str | Promise

ENDED: dict[str, Words] = {
    Authorization.Reason.CODE_REPLAY: _(
        "Somebody used a sign-in of this app a second time: it may have been stolen. It was ended."
    ),
    Authorization.Reason.REFRESH_TOKEN_REPLAY: _(
        "Somebody used an old key of this app: it may have been stolen, or the app tried again too late. "
        "The sign-in was ended."
    ),
    Authorization.Reason.CLIENT: _("The app signed out."),
    Authorization.Reason.USER: _("You ended a sign-in."),
    Authorization.Reason.OPERATOR: _("An administrator ended a sign-in."),
    Authorization.Reason.LOGOUT: _("You logged out, and the app with you."),
    Authorization.Reason.TOKEN_DELETED: _("An administrator deleted a key of this app, which ended a sign-in."),
    Authorization.Reason.UNUSED: _("A sign-in ended, since the app was not used for a long time."),
}
KINDS: dict[str, Words] = {
    "consent_given": _("You let this app in."),
    "consent_denied": _("You did not let this app in."),
    "consent_withdrawn": _("All access of this app was removed."),
    "permissions_taken_back": _("You took a permission back from this app."),
    "unused_access_ended": _("The access of this app ended, since it was not used for a long time."),
    "authorization_revoked": _("A sign-in of this app ended."),
}
# Those that somebody should look at.
ALARMING = frozenset({Authorization.Reason.CODE_REPLAY, Authorization.Reason.REFRESH_TOKEN_REPLAY})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, to which application, and what."""

    when: datetime
    client_id: str
    name: str
    words: Words
    is_alarming: bool = False


def history_of(user: Any) -> list[Entry]:
    """Return the last things that happened to the applications of ``user``, the latest first."""
    using = router.db_for_write(AuditEvent)
    told = AuditEvent.objects.using(using).filter(user=str(user.pk), kind__in=KINDS)
    named = application_model()._base_manager.using(using).filter(client_id=OuterRef("client_id"))
    rows = told.annotate(client_name=Subquery(named.values("name")[:1])).order_by("-occurred_at", "-pk")
    return [_entry(row, row.client_name or row.client_id) for row in rows[:MAX_ENTRIES]]


def _entry(row: AuditEvent, name: str) -> Entry:
    words = ENDED.get(row.reason) if row.kind == "authorization_revoked" else None
    return Entry(row.occurred_at, row.client_id, name, words or KINDS[row.kind], row.reason in ALARMING)
