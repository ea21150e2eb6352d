"""The authorization code grant (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3): a code for tokens, once."""

from django.views.decorators.debug import sensitive_variables

from oauth_provider.grants.request import TokenRequest
from oauth_provider.grants.rules import check_alive, check_client
from oauth_provider.models import Authorization
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.protocol.pkce import check_code_verifier
from oauth_provider.protocol.token_string import CODE, is_token
from oauth_provider.tokens.id_token import IdTokens
from oauth_provider.tokens.issue import Issued, Terms, issue_for_code

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
    id_tokens = IdTokens(request.client, request.issuer)

    def rules(authorization: Authorization) -> None:
        check_client(authorization, request, "code")
        check_redirect_uri(authorization, request)
        check_code_verifier(request.get("code_verifier"), authorization.code_challenge)

    def issue(authorization: Authorization) -> Issued:
        check_alive(authorization)
        terms = asked.narrowed_from(authorization, request.client)
        id_tokens.check(terms.scope)
        return issue_for_code(authorization, request.client, terms)

    return id_tokens.add_to(Authorization.objects.redeem(code, rules=rules, issue=issue), echo_nonce=True)


def check_redirect_uri(authorization: Authorization, request: TokenRequest) -> None:
    """RFC 6749 §4.1.3: the same redirect URI as before. OAuth 2.1 §10.2 lets it be left out: PKCE binds the code."""
    presented = request.get("redirect_uri")
    if presented and presented != authorization.redirect_uri:
        raise InvalidGrant("redirect_uri is not the one that the code was sent to.")
