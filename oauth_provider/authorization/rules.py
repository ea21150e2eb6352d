"""The rules of an authorization request (RFC 6749 §4.1.1 and §4.1.2.1): every one, in order, in a table.

Those of ``establish`` come before the redirect URI can be trusted: what they refuse is told to the person. What
the others refuse goes back to the client, or is the answer to its push (RFC 9126 §2.3).
"""

from collections.abc import Callable

from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.question import Asked
from oauth_provider.authorization.request import (
    PARAMETERS,
    AuthorizationRequest,
    Source,
    can_be_sent_back,
    is_printable,
)
from oauth_provider.authorization.scope import required_scope, scope_of
from oauth_provider.clients import lookup as client_lookup
from oauth_provider.clients.keys.encryption import envelope_for
from oauth_provider.conf import dot_setting, provider_settings
from oauth_provider.events.refusal import naming_client
from oauth_provider.models.client import Client
from oauth_provider.protocol import redirect_uri as redirect_uris
from oauth_provider.protocol import response_mode
from oauth_provider.protocol.authentication_request import CREATE, PROMPTS, parse_max_age, parse_prompt
from oauth_provider.protocol.authorization_details import parse_details
from oauth_provider.protocol.claims import parse_claims
from oauth_provider.protocol.errors import (
    InvalidRequest,
    InvalidTarget,
    RegistrationNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from oauth_provider.protocol.pkce import check_code_challenge, check_nonce_binds
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.redirect_uri_difference import unregistered
from oauth_provider.protocol.request_object import JSON_PARAMETERS
from oauth_provider.protocol.response_type import CODE, ID_TOKEN, LEGACY, canonical, is_front_channel, parts_of
from oauth_provider.registry.authorization_details import requested_details
from oauth_provider.registry.resource import find_audience
from oauth_provider.tokens.id_token import IdTokens
from oauth_provider.tokens.issuer import Issuer

Rule = Callable[[AuthorizationRequest, Client], None]
ScopeChoice = Callable[[AuthorizationRequest, Client], tuple[str, ...]]

OPENID = "openid"
# A hint names a person, in whatever script they write it, and a nonce is any text (OpenID Connect Core §3.1.2.1).
ANY_SCRIPT = ("login_hint", "nonce")


def establish(request: AuthorizationRequest, client: Client | None = None) -> Destination:
    """The destination of ``request``, which is ``client``'s where that was read already.

    What this raises must not be redirected.
    """
    check_identifiers_single(request)
    client = find_client(request, client)
    with naming_client(client.client_id):
        redirect_uri = find_redirect_uri(request, client)
    # One that is refused further on for its characters is sent back with the refusal.
    state = request.state if can_be_sent_back(request.state) and "state" not in request.repeated else ""
    asked = request.response_mode if "response_mode" not in request.repeated else ""
    return Destination(
        client,
        redirect_uri,
        state,
        response_mode.resolve_mode(asked, is_front_channel=answers_with_token(request)),
    )


def check(request: AuthorizationRequest, client: Client) -> Asked:
    """Apply every further rule; what is asked for and may be had. Raises the error of the first rule broken."""
    for rule in rules_for(request):
        rule(request, client)
    return find_asked(request, client)


def rules_for(request: AuthorizationRequest) -> tuple[Rule, ...]:
    """Return the rules for a request that came this way, in order."""
    return tuple(rule for rule, sources in RULES if request.source in sources)


def find_asked(request: AuthorizationRequest, client: Client, choose_scope: ScopeChoice = scope_of) -> Asked:
    """Return what a request is about that keeps the rules. Raises ``InvalidTarget`` and ``InvalidScope``."""
    audience = find_audience(request.resources)
    details = parse_details(request.authorization_details)
    scope = choose_scope(request, client)
    audience.check_scope(scope)
    asked = Asked(scope, audience, details, required_scope(request, scope))
    if details and asked.is_empty:
        raise InvalidTarget(Reason.RESOURCE_OF_NO_USE)
    return asked


def check_identifiers_single(request: AuthorizationRequest) -> None:
    """RFC 6749 §3.1: repeated, they would leave it open who asks, and who is answered."""
    for name in ("client_id", "redirect_uri"):
        if name in request.repeated:
            raise InvalidRequest(Reason.CLIENT_PARAMETER_REPEATED, name=name)


def find_client(request: AuthorizationRequest, client: Client | None = None) -> Client:
    """RFC 6749 §4.1.2.1: the client exists and is not suspended."""
    if not request.client_id:
        raise InvalidRequest(Reason.PARAMETER_MISSING, name="client_id")
    client = client or client_lookup.find_client(request.client_id, begins=True)
    if client is None or client.is_barred:
        raise InvalidRequest(Reason.APPLICATION_UNKNOWN, detail=f"client_id {request.client_id[:64]!r}")
    return client


def find_redirect_uri(request: AuthorizationRequest, client: Client) -> str:
    """RFC 9700 §4.1.3: the one that was sent must be registered; the only one registered may be left out.

    Not in a request of OpenID Connect (Core §3.1.2.1), nor in one that is pushed (FAPI 2.0 §5.3.2.2).
    """
    registered = client.redirect_uris
    is_needed = request.source is Source.PUSH or OPENID in request.scope.split() or len(registered) != 1
    if not request.redirect_uri and is_needed:
        raise InvalidRequest(Reason.PARAMETER_MISSING, name="redirect_uri")
    redirect_uri = request.redirect_uri or registered[0]
    any_port = dot_setting("ALLOW_LOCALHOST_LOOPBACK", False) is True
    if not redirect_uris.matches_any(redirect_uri, registered, any_port_of_localhost=any_port):
        raise unregistered(redirect_uri, registered)
    if redirect_uris.is_plain_http(redirect_uri) and not provider_settings.LEGACY_HTTP_REDIRECT_URIS:
        raise InvalidRequest(Reason.REDIRECT_URI_NOT_HTTPS, detail=f"presented {redirect_uri[:256]!r}")
    return redirect_uri


def check_single(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §3.1: no parameter more than once, of those that mean something here."""
    if request.repeated:
        raise InvalidRequest(Reason.PARAMETER_REPEATED, detail=f"repeated: {sorted(request.repeated)[:5]!r}")


def check_text(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 Appendix A: parameters are printable ASCII."""
    for name in PARAMETERS:
        value = getattr(request, name)
        if name not in JSON_PARAMETERS and not (value.isprintable() if name in ANY_SCRIPT else is_printable(value)):
            raise InvalidRequest(Reason.PARAMETER_CHARACTERS, name=name)


def check_request_object(request: AuthorizationRequest, client: Client) -> None:
    """OpenID Connect Core §6: what is named is not ours, and never fetched; nobody registers here in passing."""
    if request.request_uri:
        raise RequestUriNotSupported(Reason.REQUEST_URI_NOT_SUPPORTED)
    if request.registration:
        raise RegistrationNotSupported(Reason.REGISTRATION_NOT_SUPPORTED)


def check_signed(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9101 §10.5: a client that signs its requests is not spoken for by anybody else, pushed or not."""
    is_required = provider_settings.REQUIRE_SIGNED_REQUEST_OBJECT or client.policy.require_signed_request_object
    if is_required and not request.signed:
        raise InvalidRequest(Reason.REQUEST_MUST_BE_SIGNED)


def check_not_nested(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9126 §2.1: what is pushed is the request itself, and names no other."""
    if request.request_uri:
        raise InvalidRequest(Reason.REQUEST_URI_PUSHED)


def check_pushed(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9126 §4 and §5: where requests must be pushed, no other is answered."""
    if provider_settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS or client.policy.require_pushed_authorization_requests:
        raise InvalidRequest(Reason.REQUEST_MUST_BE_PUSHED)


def check_response_type(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §3.1.1: ``code``, and what the operator and the client's policy add to it."""
    if not request.response_type:
        raise InvalidRequest(Reason.PARAMETER_MISSING, name="response_type")
    response_type = canonical(request.response_type)
    if response_type not in response_types_supported():
        raise UnsupportedResponseType(
            Reason.RESPONSE_TYPE_UNSUPPORTED, supported=" or ".join(response_types_supported())
        )
    if response_type not in client.policy.response_types:
        raise UnauthorizedClient(Reason.RESPONSE_TYPE_NOT_ALLOWED)


def check_response_mode(request: AuthorizationRequest, client: Client) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1 and §5, JARM §2.3."""
    asked = request.response_mode
    if asked and asked not in response_mode.SUPPORTED:
        raise InvalidRequest(Reason.RESPONSE_MODE_UNSUPPORTED)
    if asked and response_mode.exposes_token(asked, is_front_channel=answers_with_token(request)):
        raise InvalidRequest(Reason.RESPONSE_MODE_QUERY)
    if asked in response_mode.SIGNED:
        # What could not be sent must not be made. Raises ``ServerError``.
        Issuer().keys.signer(client.policy.authorization_signed_response_alg)


def check_id_token(request: AuthorizationRequest, client: Client) -> None:
    """OpenID Connect Core §3.2.2.1 and §3.3.2.11: an ID token that a browser brings is bound to its client's request.

    What could not be signed or encrypted must not be made: raises what that would.
    """
    if ID_TOKEN not in parts_of(request.response_type):
        return
    if OPENID not in request.scope.split():
        raise InvalidRequest(Reason.RESPONSE_TYPE_WITHOUT_OPENID)
    if not request.nonce:
        raise InvalidRequest(Reason.NONCE_REQUIRED)
    IdTokens(client, Issuer(), envelope_for(client)).check()


def check_grant_type(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §4.1.2.1: the client may use the authorization code grant, where it asks for a code."""
    if CODE in parts_of(request.response_type) and not client.allows_grant_type("authorization_code"):
        raise UnauthorizedClient(Reason.CODE_GRANT_NOT_ALLOWED)


def check_pkce(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9700 §2.1.1: PKCE with S256, for every code; ``nonce`` in its place where a client is excused.

    A client that is excused and sends a challenge is held to it.
    """
    if CODE not in parts_of(request.response_type):
        return
    if not client.policy.is_excused_from_pkce or request.code_challenge or request.code_challenge_method:
        check_code_challenge(request.code_challenge, request.code_challenge_method)
    else:
        check_nonce_binds(request.nonce, request.scope.split())


def check_claims(request: AuthorizationRequest, client: Client) -> None:
    """OpenID Connect Core §5.5: ``claims`` is JSON of one shape, in any script."""
    parse_claims(request.claims)


def check_authorization_details(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9396 §5: of types that are known, as their schemas have them, and for this client."""
    requested_details(request.authorization_details, client)


def check_prompt(request: AuthorizationRequest, client: Client) -> None:
    """OpenID Connect Core §3.1.2.1: values that are known, and none beside ``none``."""
    prompts_of(request)


def check_max_age(request: AuthorizationRequest, client: Client) -> None:
    """OpenID Connect Core §3.1.2.1: seconds."""
    parse_max_age(request.max_age)


EVERYWHERE = frozenset(Source)

RULES: tuple[tuple[Rule, frozenset[Source]], ...] = (
    (check_single, EVERYWHERE),
    (check_text, EVERYWHERE),
    (check_not_nested, frozenset({Source.PUSH})),
    (check_request_object, EVERYWHERE),
    (check_pushed, frozenset({Source.BROWSER, Source.SIGNED})),
    (check_signed, EVERYWHERE),
    (check_response_type, EVERYWHERE),
    (check_response_mode, EVERYWHERE),
    (check_id_token, EVERYWHERE),
    (check_grant_type, EVERYWHERE),
    (check_pkce, EVERYWHERE),
    (check_claims, EVERYWHERE),
    (check_authorization_details, EVERYWHERE),
    (check_prompt, EVERYWHERE),
    (check_max_age, EVERYWHERE),
)


def prompts_of(request: AuthorizationRequest) -> frozenset[str]:
    """The values of ``prompt``. Raises ``InvalidRequest``."""
    return parse_prompt(request.prompt, prompts_supported())


def prompts_supported() -> tuple[str, ...]:
    """``create`` needs a page to sign up on (Initiating User Registration §4.1)."""
    return (*PROMPTS, CREATE) if provider_settings.SIGN_UP_URL else PROMPTS


def response_types_supported() -> tuple[str, ...]:
    """``code``, and what is turned on beside it."""
    listed = provider_settings.LEGACY_RESPONSE_TYPES
    # A text is no list: ``in`` would find others in it than the one that it names.
    return (CODE, *(one for one in LEGACY if not isinstance(listed, str) and one in listed))


def answers_with_token(request: AuthorizationRequest) -> bool:
    """Is a token asked for from this endpoint, as may be done here?"""
    known = canonical(request.response_type) in response_types_supported()
    return known and is_front_channel(request.response_type)
