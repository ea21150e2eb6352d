"""The rules of an authorization request (RFC 6749 §4.1.1 and §4.1.2.1): every one, in order, in a table.

Those of ``establish`` come before the redirect URI can be trusted: what they refuse is told to the person. What
the others refuse goes back to the client.
"""

from collections.abc import Callable
from dataclasses import dataclass

from oauth_provider.authorization.request import PARAMETERS, AuthorizationRequest
from oauth_provider.conf import provider_settings
from oauth_provider.models import client as clients
from oauth_provider.models.client import Client
from oauth_provider.models.scope import requested_scopes
from oauth_provider.protocol import redirect_uri as redirect_uris
from oauth_provider.protocol import response_mode
from oauth_provider.protocol.errors import (
    InvalidRequest,
    InvalidTarget,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from oauth_provider.protocol.pkce import check_code_challenge

Rule = Callable[[AuthorizationRequest, Client], None]

RESPONSE_TYPES = ("code",)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an answer may go: the client is known and the redirect URI is one of its own."""

    client: Client
    redirect_uri: str
    state: str


def establish(request: AuthorizationRequest) -> Destination:
    """The destination of ``request``. What this raises must not be redirected."""
    check_identifiers_single(request)
    client = find_client(request)
    redirect_uri = find_redirect_uri(request, client)
    # A state that could not be sent back unharmed is refused further on, and not sent back.
    state = request.state if _is_printable(request.state) and "state" not in request.repeated else ""
    return Destination(client, redirect_uri, state)


def check(request: AuthorizationRequest, client: Client) -> tuple[str, ...]:
    """Apply every further rule; the scopes that are asked for. Raises the error of the first rule broken."""
    for rule in RULES:
        rule(request, client)
    return requested_scopes(request.scope, client.policy)


def check_identifiers_single(request: AuthorizationRequest) -> None:
    """RFC 6749 §3.1: repeated, they would leave it open who asks, and who is answered."""
    for name in ("client_id", "redirect_uri"):
        if name in request.repeated:
            raise InvalidRequest(f"{name} is repeated.")


def find_client(request: AuthorizationRequest) -> Client:
    """RFC 6749 §4.1.2.1: the client exists and is not suspended."""
    if not request.client_id:
        raise InvalidRequest("client_id is missing.")
    client = clients.find_client(request.client_id)
    if client is None or client.is_barred:
        raise InvalidRequest("The application is not known here.", detail=f"client_id {request.client_id[:64]!r}")
    return client


def find_redirect_uri(request: AuthorizationRequest, client: Client) -> str:
    """RFC 9700 §4.1.3: the one that was sent must be registered; the only one registered may be left out."""
    registered = client.redirect_uris
    if not request.redirect_uri and len(registered) != 1:
        raise InvalidRequest("redirect_uri is missing.")
    redirect_uri = request.redirect_uri or registered[0]
    if not redirect_uris.matches_any(redirect_uri, registered):
        raise InvalidRequest(
            "redirect_uri is not registered for this application.",
            detail=f"presented {request.redirect_uri[:256]!r}",
        )
    if redirect_uris.is_plain_http(redirect_uri) and not provider_settings.LEGACY_HTTP_REDIRECT_URIS:
        raise InvalidRequest("redirect_uri must be https.", detail=f"presented {redirect_uri[:256]!r}")
    return redirect_uri


def check_single(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §3.1: no parameter more than once."""
    if request.repeated:
        raise InvalidRequest("A parameter is repeated.", detail=f"repeated: {sorted(request.repeated)[:5]!r}")


def check_text(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 Appendix A: parameters are printable ASCII, and what is not is not sent back."""
    for name in PARAMETERS:
        if not _is_printable(getattr(request, name)):
            raise InvalidRequest(f"{name} holds characters that are not allowed.")


def check_request_object(request: AuthorizationRequest, client: Client) -> None:
    """OpenID Connect Core §6: signed requests and references are not taken, and never fetched."""
    if request.request:
        raise RequestNotSupported("The request parameter is not supported.")
    if request.request_uri:
        raise RequestUriNotSupported("The request_uri parameter is not supported.")
    if request.registration:
        raise RegistrationNotSupported("The registration parameter is not supported.")


def check_response_type(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §3.1.1: ``code``, and no other."""
    if not request.response_type:
        raise InvalidRequest("response_type is missing.")
    if request.response_type not in RESPONSE_TYPES:
        raise UnsupportedResponseType("response_type must be code.")


def check_response_mode(request: AuthorizationRequest, client: Client) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1."""
    if request.response_mode and request.response_mode not in response_mode.SUPPORTED:
        raise InvalidRequest("response_mode is not supported.")


def check_grant_type(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §4.1.2.1: the client may use the authorization code grant."""
    if not client.allows_grant_type("authorization_code"):
        raise UnauthorizedClient("This client may not use the authorization code grant.")


def check_pkce(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9700 §2.1.1: PKCE with S256, for every client."""
    check_code_challenge(request.code_challenge, request.code_challenge_method)


def check_resources(request: AuthorizationRequest, client: Client) -> None:
    """RFC 8707 §2: no resource is registered here, so none can be asked for."""
    if request.resources:
        raise InvalidTarget("The resource is unknown.")


RULES: tuple[Rule, ...] = (
    check_single,
    check_text,
    check_request_object,
    check_response_type,
    check_response_mode,
    check_grant_type,
    check_pkce,
    check_resources,
)


def _is_printable(value: str) -> bool:
    return value.isascii() and value.isprintable()
