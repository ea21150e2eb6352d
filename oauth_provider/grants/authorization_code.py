"""The authorization code grant (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3): a code for tokens, once."""

from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from oauth_provider.grants.replay import replayed
from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.rules import check_alive, check_key, check_known, check_lifetimes, check_still_theirs
from oauth_provider.grants.snapshot import Snapshot
from oauth_provider.models import Authorization
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.pkce import check_code_verifier
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.token_string import CODE, is_token
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.authorization_lookup import find_by_code
from oauth_provider.tokens.issue import Issued, issue_for_code
from oauth_provider.tokens.signer import Signer
from oauth_provider.tokens.terms import Terms

grant_type = "authorization_code"
parameters = ("code", "redirect_uri", "code_verifier", "resource", "authorization_details")


@sensitive_variables()
def read(request: TokenRequest) -> Snapshot:
    """Find the sign-in that the code stands for. Raises ``InvalidRequest`` and ``InvalidGrant``."""
    code = request.form.required("code")
    if not is_token(code, CODE):
        raise InvalidGrant(Reason.CODE_MALFORMED)
    return Snapshot.of(find_by_code(code), request.client)


@sensitive_variables()
def decide(snapshot: Snapshot, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    """Apply the rules in order, and redeem the code.

    Raises ``InvalidGrant``, ``InvalidTarget`` and ``InvalidAuthorizationDetails`` where more is asked for than was
    granted, and ``ServerError`` where what is due cannot be signed. A replay ends the sign-in and is refused.
    """
    now, terms = snapshot.now, Terms((), request.form.resources, details=request.details())
    authorization = check_known(snapshot.authorization, request, Reason.CODE_UNKNOWN, Reason.CODE_OF_ANOTHER_CLIENT)
    check_key(authorization, request)
    check_redirect_uri(authorization, request)
    check_pkce(authorization, request)
    if authorization.redeemed_at is not None:
        return replayed(authorization, request, Reason.CODE_REPLAYED, now)
    check_code_lifetime(authorization, now)
    check_alive(authorization, now)
    check_still_theirs(snapshot)
    terms = terms.bound_to(request.key).narrowed_from(authorization, request.client, snapshot.withheld, snapshot.known)
    check_lifetimes(authorization, terms, now)
    check_nonce_binds(authorization, terms)
    claims = signer.claims_of(authorization, terms)
    return issue_for_code(authorization, request.client, terms, now, claims)


def check_redirect_uri(authorization: Authorization, request: TokenRequest) -> None:
    """RFC 6749 §4.1.3: the same redirect URI. Where PKCE binds the code it may be left out (OAuth 2.1 §10.2)."""
    presented = request.get("redirect_uri")
    if not presented and not authorization.code_challenge:
        raise InvalidGrant(Reason.PARAMETER_MISSING, name="redirect_uri")
    if presented and presented != authorization.redirect_uri:
        raise InvalidGrant(Reason.REDIRECT_URI_DIFFERS)


def check_pkce(authorization: Authorization, request: TokenRequest) -> None:
    """RFC 7636 §4.6: the verifier of the challenge. A verifier for a code without one shows that it was taken away.

    Without either, the client must be excused still (RFC 9700 §4.8.2, OAuth 2.1 §7.5.1).
    """
    presented = request.get("code_verifier")
    if presented or authorization.code_challenge or not request.client.policy.is_excused_from_pkce:
        check_code_verifier(presented, authorization.code_challenge)


def check_code_lifetime(authorization: Authorization, now: datetime) -> None:
    """RFC 6749 §4.1.2: a code lives for minutes at most."""
    ended = authorization.code_expires_at
    if ended is None or ended <= now:
        # For whoever develops the client, too.
        late = "" if ended is None else f"{max(1, round((now - ended).total_seconds()))} s before it was presented"
        raise InvalidGrant(Reason.CODE_EXPIRED, detail=late)


def check_nonce_binds(authorization: Authorization, terms: Terms) -> None:
    """OAuth 2.1 §7.5.1: what no verifier binds is bound by the nonce in an ID token, so one has to be due."""
    if not authorization.code_challenge and not (authorization.nonce and OPENID in terms.scope):
        raise InvalidGrant(Reason.CODE_NOT_BOUND)
