"""Notices: mails to a person about what happened to their account, as rows of the outbox (RFC 9700 §4.14.2).

A row is written with what it tells of. It holds no address and no words: who the person is, and in which language they
read, is looked up when it is sent. Its ``subject`` is the primary key of the person.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from oauth_provider.conf import provider_settings
from oauth_provider.conf.people import ACCESS_UNUSED, APP_CONNECTED, NOTICE_PREFIX, NOTICES, SIGN_IN_REPLAYED
from oauth_provider.models import Authorization, Consent, LogoutDelivery
from oauth_provider.sql.outcome import Add
from oauth_provider.tokens.person import email_of

KINDS = {NOTICE_PREFIX + one: one for one in NOTICES}


def app_connected(authorization: Authorization, *, issuer: str, context: str = "") -> tuple[Add, ...]:
    """Return the row for a first consent of which ``authorization`` is the sign-in; none where nobody is told.

    ``context`` is the name of what the person acts for in it.
    """
    facts = {
        "at": authorization.created_at.isoformat(),
        "scopes": authorization.scope.split(),
        "context": context,
        "device": authorization.device,
        "address": authorization.address,
    }
    return _add(APP_CONNECTED, authorization, issuer, facts)


def sign_in_replayed(authorization: Authorization, now: datetime, *, issuer: str) -> tuple[Add, ...]:
    """Return the row for a replay that ended ``authorization``; none where nobody is told."""
    facts = {"at": now.isoformat(), "device": authorization.device, "address": authorization.address}
    return _add(SIGN_IN_REPLAYED, authorization, issuer, facts)


def access_unused(consents: Iterable[Consent], *, issuer: str) -> list[LogoutDelivery]:
    """Return the rows for ``consents``, read with their user, whose end is announced."""
    return [
        _row(ACCESS_UNUSED, consent, issuer, {"consent": consent.pk})
        for consent in consents
        if is_told(ACCESS_UNUSED, consent.user)
    ]


def is_told(notice: str, user: Any) -> bool:
    """Is ``user`` somebody who gets mails, and this one among them?"""
    return notice in provider_settings.NOTICES and bool(email_of(user)) and bool(getattr(user, "is_active", True))


def _add(notice: str, about: Authorization, issuer: str, facts: dict[str, Any]) -> tuple[Add, ...]:
    return (Add(_row(notice, about, issuer, facts)),) if is_told(notice, about.user) else ()


def _row(notice: str, about: Authorization | Consent, issuer: str, facts: dict[str, Any]) -> LogoutDelivery:
    return LogoutDelivery(
        kind=NOTICE_PREFIX + notice,
        payload=facts,
        application_id=about.application_id,
        issuer=issuer,
        subject=str(about.user_id),
    )
