"""The end of a session (OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.7): what ends with it, and who is told."""

from collections.abc import Collection, Iterable, Iterator

from django.db import router
from django.db.models import QuerySet

from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.emit import emit
from oauth_provider.events.event import LoggedOut
from oauth_provider.models import Authorization, LogoutDelivery
from oauth_provider.models.client import ClientPolicy, as_client
from oauth_provider.protocol.frontchannel_logout import frame_url, is_frame_uri
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.sql.transaction import locked_rows, run
from oauth_provider.tokens.ending import end
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.subject import known_sid, known_subject


def end_sessions(sids: Collection[str], issuer: Issuer, by: Actor = NOBODY) -> None:
    """End every sign-in that began under one of ``sids`` and does not outlive it, and tell the clients.

    Joins a caller's transaction. ``issuer`` is named only where somebody is told.
    """
    using = router.db_for_write(Authorization)

    def work() -> None:
        # With their locks, since a code that is redeemed meanwhile makes one more client that has to be told.
        rows = locked_rows(of_sessions(sids, using=using), touch="sid")
        ending = [row for row in rows if row.session_expires_at is not None and row.revoked_at is None]
        messages = _messages(rows, issuer)
        ended = end(ending, Authorization.Reason.LOGOUT, using=using, by=by) if ending else 0
        LogoutDelivery.objects.enqueue(messages, using=using)
        if ended or messages:
            emit(LoggedOut(len(sids), ended=ended, told=len(messages)), using=using)

    if of_sessions(sids, using=using).exists():
        run(work, using=using, durable=False)


def of_sessions(sids: Collection[str], *, using: str) -> QuerySet[Authorization]:
    """Every authorization that began under one of ``sids``, with its user and client."""
    found = Authorization.objects.using(using).filter(sid__in=sids)
    return found.select_related("user", "application__oauth_policy").order_by("pk")


def signed_in(rows: Iterable[Authorization]) -> Iterator[Authorization]:
    """Yield one row for each client and session that an ID token was issued to, whether it serves any more or not."""
    seen = set()
    for row in rows:
        key = (row.application_id, row.sid)
        if row.redeemed_at is not None and OPENID in row.scope.split() and key not in seen:
            seen.add(key)
            yield row


def frames(sids: Collection[str], issuer: Issuer) -> list[str]:
    """Return the URLs of the frames that tell the clients of these sessions (Front-Channel Logout 1.0 §2)."""
    rows = signed_in(of_sessions(sids, using=router.db_for_write(Authorization)))
    addressed = [(row, policy_of(row).frontchannel_logout_uri) for row in rows]
    return [
        _frame_of(row, uri, issuer)
        for row, uri in addressed
        if uri and is_frame_uri(uri, row.application.redirect_uris.split())
    ]


def policy_of(row: Authorization) -> ClientPolicy:
    """Return the policy of the client of ``row``."""
    return ClientPolicy.of(row.application)


def _frame_of(row: Authorization, uri: str, issuer: Issuer) -> str:
    sid = known_sid(row.sid, as_client(row.application))
    # Both are sent, or neither is (Front-Channel Logout 1.0 §2).
    return frame_url(uri, issuer=issuer.name, sid=sid) if sid else uri


def _messages(rows: Iterable[Authorization], issuer: Issuer) -> list[LogoutDelivery]:
    told = [_message(row, issuer.name) for row in signed_in(rows) if policy_of(row).backchannel_logout_uri]
    # A pairwise client that lost its sector knows neither by a name any more (Back-Channel Logout 1.0 §2.4).
    return [message for message in told if message.subject or message.sid]


def _message(row: Authorization, issuer: str) -> LogoutDelivery:
    client = as_client(row.application)
    subject, sid = known_subject(row.user, client), known_sid(row.sid, client)
    return LogoutDelivery(application_id=row.application_id, issuer=issuer, subject=subject, sid=sid)
