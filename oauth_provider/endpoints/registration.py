"""The client registration endpoint (RFC 7591 §3, OpenID Connect Registration §3): a program registers itself."""

from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.registration.client_information import client_information
from oauth_provider.clients.registration.dynamic import register_itself
from oauth_provider.clients.registration.policy import Door, door_policy
from oauth_provider.clients.registration.proposal import By
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.cors import allow_everyone, public_preflight
from oauth_provider.endpoints.json_endpoint import METHODS, MethodNotAllowed, answer, for_programs, refuse, unstored
from oauth_provider.form_body import read_json
from oauth_provider.models import InitialAccessToken
from oauth_provider.protocol.bearer import token_from_header
from oauth_provider.protocol.errors import InvalidToken, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.views.cors import from_anywhere
from oauth_provider.sql.transaction import RowGone
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.key_ring import algorithms


@sensitive_variables()
def registration(request: HttpRequest) -> HttpResponse:
    """Register who asks, as far as the policy of this door allows it; 404 while the door is closed."""
    policy = door_policy(Door.ENDPOINT)
    if request.method == "OPTIONS":
        return public_preflight(request, METHODS)
    if not policy.is_open:
        response = unstored(JsonResponse({"error": "not_found"}, status=404))
    else:
        try:
            if request.method != "POST":
                raise MethodNotAllowed(Reason.METHOD_NOT_ALLOWED, methods="POST alone")
            initial = initial_token(request, is_needed=policy.needs_token)
            response = register(request, initial)
        except OAuthError as error:
            response = refuse(error, request, None)
        except RowGone:
            response = refuse(InvalidToken(Reason.INITIAL_TOKEN_NOT_GOOD), request, None)
    allow_everyone(response)  # a script on any page may register itself; it sends no cookie
    return response


@sensitive_variables()
def initial_token(request: HttpRequest, *, is_needed: bool) -> InitialAccessToken | None:
    """Return the initial access token in the header (RFC 7591 §3); None where there is none and none is needed.

    Raises ``InvalidToken``: one that is not good is refused even where everybody may register.
    """
    token = token_from_header(request.headers.get("Authorization", ""))
    if token is None:
        if is_needed:
            raise InvalidToken(Reason.TOKEN_MISSING)
        return None
    found = InitialAccessToken.objects.find(token)
    if found is None:
        raise InvalidToken(Reason.INITIAL_TOKEN_NOT_GOOD)
    return found


@sensitive_variables()
def register(request: HttpRequest, initial: InitialAccessToken | None) -> HttpResponse:
    """Answer with all that was registered, the token to manage it, and the secret, which is shown here alone."""
    by = By(Door.ENDPOINT, address=provider_settings.CLIENT_ADDRESS(request))
    made = register_itself(read_json(request), by, initial=initial, algorithms=algorithms())
    path = reverse("oauth_provider:client_configuration", args=[made.client.client_id])
    members: dict[str, Any] = client_information(made.client, made.registration)
    if made.secret:
        members |= {"client_secret": made.secret, "client_secret_expires_at": made.secret_expires_at}
    uri = urljoin(issuer_of(request).name, path)
    return answer({**members, "registration_access_token": made.token, "registration_client_uri": uri}, status=201)


view = for_programs(registration, may_read=from_anywhere)
