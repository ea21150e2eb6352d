"""The refresh token grant (RFC 6749 §6, RFC 9700 §4.14): the next tokens, safe against replay and loss."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.views.decorators.debug import sensitive_variables

from oauth_provider.events.event import AnswerRepeated
from oauth_provider.grants.adoption import of_dot_token, with_adoption
from oauth_provider.grants.replay import replayed
from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.rules import (
    check_alive,
    check_grantable,
    check_key,
    check_known,
    check_lifetimes,
    check_still_theirs,
)
from oauth_provider.grants.snapshot import Snapshot
from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope import parse_scope
from oauth_provider.protocol.token_string import REFRESH_TOKEN, parse_refresh_token
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.authorization_lookup import find_by_family
from oauth_provider.tokens.issue import Issued, Refresh, issue_for_refresh, repeat
from oauth_provider.tokens.signer import Signer
from oauth_provider.tokens.terms import Terms

grant_type = "refresh_token"
parameters = ("refresh_token", "scope", "resource", "authorization_details")


@sensitive_variables()
def read(request: TokenRequest) -> Snapshot:
    """Find the sign-in that the token goes on with. Raises ``InvalidRequest`` and ``InvalidGrant``."""
    presented = request.form.required("refresh_token")
    parts = parse_refresh_token(presented)
    if parts is not None:
        return Snapshot.of(find_by_family(parts.family), request.client)
    if presented.startswith(REFRESH_TOKEN):
        raise InvalidGrant(Reason.REFRESH_TOKEN_MALFORMED)
    return of_dot_token(presented, request.client)


@sensitive_variables()
def decide(snapshot: Snapshot, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    """Apply the rules in order, and rotate the token; a lost answer is said again, a replay ends the sign-in.

    Raises ``InvalidGrant``, ``InvalidScope``, ``InvalidTarget`` and ``InvalidAuthorizationDetails`` where more is asked
    for than was granted, and ``ServerError`` where what is due cannot be signed.
    """
    now, presented = snapshot.now, request.form.required("refresh_token")
    asked = Terms(parse_scope(request.get("scope")), request.form.resources, details=request.details())
    asked = asked.bound_to(request.key)
    authorization = check_known(
        snapshot.authorization, request, Reason.REFRESH_TOKEN_UNKNOWN, Reason.REFRESH_TOKEN_OF_ANOTHER_CLIENT
    )
    check_key(authorization, request)
    check_alive(authorization, now)
    is_repeated = not equal(digest(presented), authorization.refresh_token_digest)
    if is_repeated and not is_within_retry_window(authorization, request.client, now):
        return replayed(authorization, request, Reason.REFRESH_TOKEN_REPLAYED, now)
    check_still_theirs(snapshot)
    refresh = Refresh(presented, request.client, asked)
    if is_repeated:
        check_previous(authorization, presented)
    terms = asked.narrowed_from(authorization, request.client, snapshot.withheld, snapshot.known)
    check_lifetimes(authorization, terms, now)
    if is_repeated:
        signer.access_tokens.check(terms)
        issued = repeat(authorization, refresh, terms)
        check_grantable(issued.scope, snapshot)
        issued = replace(issued, claims=signer.id_tokens.claims_of(authorization, issued.scope))
        return Outcome(issued, events=(AnswerRepeated(authorization),))
    claims = signer.claims_of(authorization, terms)
    return with_adoption(snapshot, issue_for_refresh(authorization, refresh, terms, now, claims))


def is_within_retry_window(authorization: Authorization, client: Client, now: datetime) -> bool:
    """Was the token rotated so recently that an answer may have been lost?"""
    window = timedelta(seconds=client.policy.retry_window)
    return authorization.rotated_at is not None and authorization.rotated_at + window > now


def check_previous(authorization: Authorization, presented: str) -> None:
    """Several processes of one client share a token, and come with an old one for a while: within the window only the
    one before the present one gets its answer again, and no other ends anything."""
    if not (authorization.sealed_answer and equal(digest(presented), authorization.previous_digest)):
        detail = f"older than its last rotation, within the window; {authorization.reference} goes on"
        raise InvalidGrant(Reason.REFRESH_TOKEN_OUTDATED, detail=detail)
