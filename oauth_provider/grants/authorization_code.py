"""The authorization code grant (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3): a code for tokens, once."""

from dataclasses import replace

from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.encryption import envelope_for
from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.rules import check_alive, check_client, check_lifetimes
from oauth_provider.models import Authorization
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.pkce import check_code_verifier
from oauth_provider.protocol.token_string import CODE, is_token
from oauth_provider.tokens.access_token import AccessTokens
from oauth_provider.tokens.id_token import IdTokens
from oauth_provider.tokens.issue import Issued, issue_for_code
from oauth_provider.tokens.terms import Terms

grant_type = "authorization_code"
parameters = ("code", "redirect_uri", "code_verifier", "resource", "authorization_details")


@sensitive_variables()
def exchange(request: TokenRequest) -> Issued:
    """Raises ``InvalidRequest``, ``InvalidGrant``, ``ServerError``, and where too much is asked for ``InvalidTarget``

    and ``InvalidAuthorizationDetails``.
    """
    code = request.form.required("code")
    if not is_token(code, CODE):
        raise InvalidGrant("The code is malformed.")

    asked = Terms((), request.form.resources, details=request.details())
    id_tokens = IdTokens(request.client, request.issuer, envelope_for(request.client))
    access_tokens = AccessTokens(request.client, request.issuer, lambda: id_tokens.ring)

    def rules(authorization: Authorization) -> None:
        check_client(authorization, request, "code")
        check_redirect_uri(authorization, request)
        check_pkce(authorization, request)

    def issue(authorization: Authorization) -> Issued:
        check_alive(authorization)
        terms = asked.narrowed_from(authorization, request.client)
        check_lifetimes(authorization, terms)
        check_nonce_binds(authorization, terms)
        claims = id_tokens.claims_of(authorization, terms.scope)
        access_tokens.check(terms)
        return replace(issue_for_code(authorization, request.client, terms), claims=claims)

    issued = access_tokens.sign(Authorization.objects.redeem(code, rules=rules, issue=issue))
    return id_tokens.add_to(issued, echo_nonce=True)


def check_redirect_uri(authorization: Authorization, request: TokenRequest) -> None:
    """RFC 6749 §4.1.3: the same redirect URI. Where PKCE binds the code it may be left out (OAuth 2.1 §10.2)."""
    presented = request.get("redirect_uri")
    if not presented and not authorization.code_challenge:
        raise InvalidGrant("redirect_uri is missing.")
    if presented and presented != authorization.redirect_uri:
        raise InvalidGrant("redirect_uri is not the one that the code was sent to.")


def check_pkce(authorization: Authorization, request: TokenRequest) -> None:
    """RFC 7636 §4.6: the verifier of the challenge. A verifier for a code without one shows that it was taken away.

    Without either, the client must be excused still (RFC 9700 §4.8.2, OAuth 2.1 §7.5.1).
    """
    presented = request.get("code_verifier")
    if presented or authorization.code_challenge or not request.client.policy.is_excused_from_pkce:
        check_code_verifier(presented, authorization.code_challenge)


def check_nonce_binds(authorization: Authorization, terms: Terms) -> None:
    """OAuth 2.1 §7.5.1: what no verifier binds is bound by the nonce in an ID token, so one has to be due."""
    if not authorization.code_challenge and not (authorization.nonce and OPENID in terms.scope):
        raise InvalidGrant("Nothing binds the code to the client's own request.")
