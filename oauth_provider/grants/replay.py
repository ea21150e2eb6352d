"""Replays (RFC 6749 §4.1.2, RFC 9700 §4.14.2): what is used twice was stolen once, and ends what came of it."""

from dataclasses import replace
from datetime import datetime

from oauth_provider.events.event import Replayed, ReplayedAgain
from oauth_provider.grants.request import TokenRequest
from oauth_provider.models import Authorization
from oauth_provider.notices.notice import sign_in_replayed
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.ending import revocation
from oauth_provider.tokens.issue import Issued

ENDED = {
    Reason.CODE_REPLAYED: Authorization.Reason.CODE_REPLAY,
    Reason.REFRESH_TOKEN_REPLAYED: Authorization.Reason.REFRESH_TOKEN_REPLAY,
}


def replayed(authorization: Authorization, request: TokenRequest, reason: Reason, now: datetime) -> Outcome[Issued]:
    """Refuse, and end the sign-in. One that was revoked before is left alone, and told as such."""
    if authorization.revoked_at is not None:
        refusal = InvalidGrant(reason, detail=f"replay, {authorization.reference} was revoked before")
        return Outcome(refusal, events=(ReplayedAgain(authorization, reason.code),))
    refusal = InvalidGrant(reason, detail=f"replay, {authorization.reference} revoked")
    outcome: Outcome[Issued] = revocation(authorization, request.client, ENDED[reason], now, refusal, by=request.by())
    told = sign_in_replayed(authorization, now, issuer=request.issuer.url)
    events = (Replayed(authorization, reason.code), *outcome.events)
    return replace(outcome, writes=(*outcome.writes, *told), events=events)
