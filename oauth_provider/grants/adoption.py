"""Refresh tokens that DOT issued: each is honoured once, and becomes an authorization of ours (RFC 6749 §6)."""

from dataclasses import replace
from datetime import datetime

from django.db import router
from django.db.models import F
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import Row, refresh_token_model
from oauth_provider.grants.snapshot import Snapshot
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import Client
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.outcome import Add, Change, Hold, Outcome
from oauth_provider.tokens.dot_refresh_token import is_live
from oauth_provider.tokens.issue import Issued


@sensitive_variables()
def of_dot_token(presented: str, client: Client) -> Snapshot:
    """Find what a refresh token of DOT's goes on with: its own row, or the authorization that it began before.

    Of the first the authorization is new, and not saved. Raises ``InvalidGrant`` for one that has expired.
    """
    using, presented_digest = router.db_for_write(Authorization), digest(presented)
    rows = refresh_token_model()._base_manager.using(using).select_related("access_token__oauth_binding", "user")
    # Several rows may share a checksum: a live one before those that are revoked.
    same = rows.filter(token_checksum=presented_digest).order_by(F("revoked").desc(nulls_first=True), "-pk")
    row, now = same.first(), authorization_now()
    # DOT's ``cleartokens`` deletes rows that are revoked; what was adopted is still known to us.
    if row is None or row.revoked is not None:
        authorization = Authorization.objects.with_user(adopted_digest=presented_digest).first()
        return Snapshot.of(authorization, client)
    if not is_live(row, now):
        raise InvalidGrant(Reason.REFRESH_TOKEN_EXPIRED)
    snapshot = Snapshot.of(_authorization_of(row, presented_digest, now), client)
    return replace(snapshot, adopted=row)


def with_adoption(snapshot: Snapshot, outcome: Outcome[Issued]) -> Outcome[Issued]:
    """Return ``outcome``, and where DOT's token begins its authorization, end that token with it.

    DOT's row is marked revoked, and its plain text emptied: with it, whoever reads the database could open the answer
    that is sealed under it. The access token that DOT gave out beside it ends with the authorization, too.
    """
    row = snapshot.adopted
    if row is None:
        return outcome
    spent = Change(row, {"revoked": snapshot.now, "token": ""})
    is_bound = getattr(row.access_token, "oauth_binding", None) is not None
    beside = TokenBinding(access_token=row.access_token, authorization=snapshot.authorization)
    # Its scope is the one that goes on, unless somebody takes a part of it back first.
    writes = (spent, Hold(row.access_token), *outcome.writes, *([] if is_bound else [Add(beside)]))
    return replace(outcome, writes=writes)


def _authorization_of(row: Row, presented_digest: str, now: datetime) -> Authorization:
    authorization = Authorization(
        application_id=row.application_id,
        user=row.user,
        grant_type="refresh_token",
        scope=row.access_token.scope,
        resources=list(row.resource or ()),
        adopted_digest=presented_digest,
        refresh_token_digest=presented_digest,
        redeemed_at=row.created,
        # Being adopted is a use: DOT knew of no idle lifetime but its own.
        rotated_at=now,
        created_at=row.created,
    )
    authorization.expires_at = authorization.ends_at(now)
    return authorization
