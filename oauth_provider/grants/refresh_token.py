"""The refresh token grant (RFC 6749 §6, RFC 9700 §4.14): the next tokens, safe against replay and loss."""

from dataclasses import replace

from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.encryption import envelope_for
from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.rules import check_alive, check_client, check_lifetimes
from oauth_provider.models import Authorization
from oauth_provider.models.adoption import adopt
from oauth_provider.models.rotation import Retry
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.scope import parse_scope
from oauth_provider.protocol.token_string import REFRESH_TOKEN, parse_refresh_token
from oauth_provider.tokens.access_token import AccessTokens
from oauth_provider.tokens.id_token import IdTokens
from oauth_provider.tokens.issue import Issued, Refresh, issue_for_refresh, repeat
from oauth_provider.tokens.terms import Terms

grant_type = "refresh_token"
parameters = ("refresh_token", "scope", "resource", "authorization_details")


@sensitive_variables()
def exchange(request: TokenRequest) -> Issued:
    """Raises ``InvalidRequest``, ``InvalidGrant``, ``ServerError``, and where too much is asked for ``InvalidScope``,

    ``InvalidTarget`` and ``InvalidAuthorizationDetails``.
    """
    presented = request.form.required("refresh_token")
    asked = Terms(parse_scope(request.get("scope")), request.form.resources, details=request.details())
    refresh = Refresh(presented, request.client, asked)

    id_tokens = IdTokens(request.client, request.issuer, envelope_for(request.client))
    access_tokens = AccessTokens(request.client, request.issuer, lambda: id_tokens.ring)

    def rules(authorization: Authorization) -> None:
        check_client(authorization, request, "refresh token")
        check_alive(authorization)

    def issue(authorization: Authorization, retry: Retry | None) -> Issued:
        terms = asked.narrowed_from(authorization, request.client)
        check_lifetimes(authorization, terms)
        access_tokens.check(terms)
        if retry is not None:
            issued = repeat(authorization, refresh, retry)
            return replace(issued, claims=id_tokens.claims_of(authorization, issued.scope))
        claims = id_tokens.claims_of(authorization, terms.scope)
        return replace(issue_for_refresh(authorization, refresh, terms), claims=claims)

    parts = parse_refresh_token(presented)
    if parts is not None:
        return id_tokens.add_to(access_tokens.sign(Authorization.objects.rotate(parts, rules=rules, issue=issue)))
    if presented.startswith(REFRESH_TOKEN):
        raise InvalidGrant("The refresh token is malformed.")
    return id_tokens.add_to(access_tokens.sign(adopt(presented, rules=rules, issue=issue)))
