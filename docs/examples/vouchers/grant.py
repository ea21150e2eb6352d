"""A grant of a project's own (RFC 6749 §4.5): a voucher for an access token, once.

OAUTH_PROVIDER = {"GRANTS": ["docs.examples.vouchers.grant"]}
"""

from docs.examples.vouchers.models import Voucher
from oauth_provider.grants.request import TokenRequest
from oauth_provider.models import Authorization
from oauth_provider.models.authorization import authorization_now
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.sql.outcome import Change, Outcome
from oauth_provider.tokens.issue import Issued, issue_for_new_sign_in
from oauth_provider.tokens.signer import Signer
from oauth_provider.tokens.terms import Terms

grant_type = "urn:example:params:oauth:grant-type:voucher"
parameters = ("voucher", "resource")


def read(request: TokenRequest) -> Voucher | None:
    """Find the voucher, in one SELECT, without a lock. Raises ``InvalidRequest`` where none is sent."""
    presented = request.form.required("voucher")
    return Voucher.objects.select_related("user").filter(digest=digest(presented)).first()


def decide(voucher: Voucher | None, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    """Apply the rules in order, and trade the voucher. Writes nothing: the outcome says what is to be written."""
    if voucher is None:
        raise InvalidGrant("The voucher is unknown.")
    if voucher.spent_at is not None:
        raise InvalidGrant("The voucher was used before.")
    if not voucher.user.is_active:
        raise InvalidGrant("The voucher is not good any more.", detail="its user is inactive")
    now = authorization_now()
    sign_in = Authorization(
        application=request.client.application,
        user=voucher.user,
        grant_type=grant_type,
        scope=voucher.scope,
        redeemed_at=now,
        created_at=now,
        expires_at=now,  # it lives as long as its token
    )
    # No more than the client may ask for, and than the voucher is for.
    terms = Terms((), request.form.resources).narrowed_from(sign_in, request.client).bound_to(request.key)
    signer.claims_of(sign_in, terms)  # what is due can be signed
    outcome = issue_for_new_sign_in(sign_in, request.client, terms, now)
    spent = Change(voucher, {"spent_at": now})
    return Outcome(outcome.result(), (spent, *outcome.writes), events=outcome.events)
