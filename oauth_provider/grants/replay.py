"""Replays (RFC 6749 §4.1.2, RFC 9700 §4.14.2): what is used twice was stolen once, and ends what came of it."""

from datetime import datetime

from oauth_provider.grants.replay_count import replay_count
from oauth_provider.models import Authorization
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.ending import Reason, revocation
from oauth_provider.tokens.issue import Issued


def replayed(authorization: Authorization, reason: Reason, description: str, now: datetime) -> Outcome[Issued]:
    """Refuse, and end the sign-in. One that was revoked before is left alone and counted: raises ``InvalidGrant``."""
    if authorization.revoked_at is not None:
        replay_count.add()
        raise InvalidGrant(description, detail=f"replay, {authorization} was revoked before")
    refusal = InvalidGrant(description, detail=f"replay, {authorization} revoked")
    return revocation(authorization, reason, now, refusal)
