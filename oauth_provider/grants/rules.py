"""Rules of more than one grant (RFC 6749 §5.2)."""

from datetime import datetime

from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.snapshot import Snapshot
from oauth_provider.models import Authorization
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.reason import Reason
from oauth_provider.tokens.terms import Terms


def check_known(
    authorization: Authorization | None, request: TokenRequest, unknown: Reason, of_another_client: Reason
) -> Authorization:
    """RFC 6749 §4.1.3 and §6: it was issued, to the client that presents it; another's is as good as unknown."""
    if authorization is None:
        raise InvalidGrant(unknown)
    if authorization.application_id != request.client.application.pk:
        raise InvalidGrant(of_another_client, detail=f"{authorization.reference} is another client's")
    return authorization


def check_key(authorization: Authorization, request: TokenRequest) -> None:
    """RFC 9449 §5: what is bound to a key is good for whoever has the key, and ends by nobody else."""
    if authorization.cnf is not None and (request.key is None or request.key.cnf != authorization.cnf):
        raise InvalidGrant(Reason.KEY_NOT_PROVEN)


def check_alive(authorization: Authorization, now: datetime) -> None:
    """RFC 6749 §5.2: not expired, not revoked, and its user may still sign in."""
    if not authorization.is_alive(now):
        raise InvalidGrant(Reason.AUTHORIZATION_ENDED, detail=f"{authorization.reference} is not alive")


def check_still_theirs(snapshot: Snapshot) -> None:
    """RFC 6749 §10.4: what somebody lets an application do, for an organisation or to a thing of theirs, they may still
    do themselves; and the application is still for them."""
    if not snapshot.is_for_user:
        raise InvalidGrant(Reason.CLIENT_NOT_FOR_USER, detail=f"{snapshot.authorization} goes on where it is again")
    if not snapshot.is_context_open:
        raise InvalidGrant(Reason.CONTEXT_CLOSED, detail=f"{snapshot.authorization} goes on where it opens again")
    if not snapshot.are_details_theirs:
        raise InvalidGrant(Reason.DETAILS_LOST, detail=f"{snapshot.authorization} goes on where they are theirs again")


def check_grantable(scope: tuple[str, ...], snapshot: Snapshot) -> None:
    """RFC 6749 §10.4: an answer that is said again says nothing that its user may not grant any more."""
    if not snapshot.withheld.isdisjoint(scope):
        raise InvalidGrant(Reason.SCOPE_NOT_GRANTABLE_ANY_MORE)


def check_lifetimes(authorization: Authorization, terms: Terms, now: datetime) -> None:
    """RFC 9700 §4.14.2: what has lived too long by the limits of today ends, whatever they were when it was used."""
    if authorization.ends_at(authorization.last_used_at, terms.limits) <= now:
        raise InvalidGrant(Reason.AUTHORIZATION_TOO_OLD, detail=f"{authorization.reference} is older than it may be")
