"""Issuing an access token in the authorization response (RFC 6749 §4.2.2, OpenID Connect Core §3.3.2.5)."""

from django.views.decorators.debug import sensitive_variables

from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.protocol.access_token import OPAQUE
from oauth_provider.tokens.issue import Issued, issue_for_code
from oauth_provider.tokens.terms import Terms


@sensitive_variables()
def issue_for_response(authorization: Authorization, client: Client) -> Issued:
    """The token of an authorization that was just made, in the transaction that made it.

    There is no refresh token beside it: nobody would have to authenticate to use that. It is never a JWT: what stands
    in a URL says nothing to whoever reads it there.
    """
    until = authorization.expires_at
    terms = Terms((), format=OPAQUE).narrowed_from(authorization, client)
    issued = issue_for_code(authorization, client, terms, refreshable=False)
    if authorization.expires_at < until:  # a short-lived token must not take its code along with it
        authorization.expires_at = until
        authorization.save(update_fields=("expires_at",))
    return issued
