"""The exchange (RFC 6749 §3.2): find the grant, read, decide and commit, and sign what was issued."""

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.table import Grant, grants
from oauth_provider.models import Authorization
from oauth_provider.protocol.errors import InvalidGrant, UnauthorizedClient, UnsupportedGrantType
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.commit import attempts, commit, gave_up
from oauth_provider.sql.outcome import Outcome
from oauth_provider.sql.transaction import RowGone
from oauth_provider.tokens.issue import Issued
from oauth_provider.tokens.signer import Signer


@sensitive_variables()
def exchange(request: TokenRequest) -> Issued:
    """Return the tokens that the request gets.

    Raises ``OAuthError``, and ``GuardFailed`` where the client is not what was remembered.
    """
    grant, signer = find_grant(request), request.signer()
    try:
        outcome = read_decide_commit(grant, request, signer)
    except RowGone:
        raise InvalidGrant(Reason.AUTHORIZATION_DELETED, detail="its user or client was deleted") from None
    return signer.sign(outcome.result())


def read_decide_commit(grant: Grant, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    """Read, decide and commit, and again where the row has changed meanwhile; return what was committed.

    Raises ``OAuthError``, ``GuardFailed``, and ``RowGone`` where the user or the client was deleted.
    """
    using = router.db_for_write(Authorization)
    for attempt in attempts(using, request.guard):
        with attempt:
            outcome = grant.decide(grant.read(request), request, signer)
            if commit(outcome, using=using, guard=request.guard):
                return outcome
    raise gave_up(using, request.guard)


def find_grant(request: TokenRequest) -> Grant:
    """Return the grant that is asked for.

    Raises ``UnsupportedGrantType``, ``InvalidRequest`` and ``UnauthorizedClient``.
    """
    grant = grants().get(request.form.required("grant_type"))
    if grant is None:
        raise UnsupportedGrantType(Reason.GRANT_TYPE_UNSUPPORTED)
    request.form.check_single(grant.parameters)
    if not request.client.allows_grant_type(grant.grant_type):
        raise UnauthorizedClient(Reason.GRANT_TYPE_NOT_ALLOWED)
    return grant
