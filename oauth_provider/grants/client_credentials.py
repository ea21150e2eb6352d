"""The client credentials grant (RFC 6749 §4.4): a confidential client asks for itself."""

from oauth_provider.grants.request import TokenRequest
from oauth_provider.models.client import ClientPolicy
from oauth_provider.protocol.errors import UnauthorizedClient
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope import check_scope
from oauth_provider.registry.resource import Audience, find_audience
from oauth_provider.registry.scope import IDENTITY_SCOPES, Registry, registry, requested_scopes
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.authorization_details import check_served
from oauth_provider.tokens.issue import Issued, issue_for_client
from oauth_provider.tokens.signer import Signer
from oauth_provider.tokens.terms import Terms

grant_type = "client_credentials"
parameters = ("scope", "resource", "authorization_details")


def read(request: TokenRequest) -> Audience:
    """Find the resources that are asked for. Raises ``UnauthorizedClient`` and ``InvalidTarget``."""
    check_confidential(request)
    return find_audience(request.form.resources)


def decide(audience: Audience, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    """Apply the rules in order, and issue.

    Raises ``ServerError``, and where too much is asked for ``InvalidScope``, ``InvalidTarget`` and
    ``InvalidAuthorizationDetails``.
    """
    details = request.details(by_person=False)
    asked = request.get("scope")
    policy, known = request.client.policy, registry()
    scope = requested_scopes(asked, policy, known) if asked or not details else ()
    check_no_person(scope)
    if known.rules:
        check_scope(scope, own_part(scope, policy, known))
    audience.check_scope(scope)
    if known.implies:
        scope = audience.served(own_part(known.with_implied(scope, policy), policy, known))
    terms = Terms(scope, audience.identifiers, audience.lifetime, details=details, format=audience.format)
    terms = terms.bound_to(request.key)
    check_served(terms.details, terms.resources)
    signer.access_tokens.check(terms, is_clients_own=True)
    return issue_for_client(request.client, terms)


def check_no_person(scope: tuple[str, ...]) -> None:
    """OpenID Connect Core §5.4: those scopes are about somebody who signed in, and nobody did."""
    check_scope(scope, [name for name in scope if name not in IDENTITY_SCOPES])


def own_part(scope: tuple[str, ...], policy: ClientPolicy, known: Registry) -> tuple[str, ...]:
    """Return what the client of ``policy`` may have for itself: where not everybody may grant a scope, the operator has
    to name it there."""
    return tuple(one for one in scope if one not in known.rules or policy.scopes is not None)


def check_confidential(request: TokenRequest) -> None:
    """RFC 6749 §4.4: only for a client that can prove who it is."""
    if request.client.is_public:
        raise UnauthorizedClient(Reason.PUBLIC_CLIENT_CREDENTIALS)
