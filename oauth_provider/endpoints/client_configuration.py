"""The client configuration endpoint (RFC 7592 §2): a client reads, changes or deletes what it registered."""

from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.registration.client_information import client_information
from oauth_provider.clients.registration.dynamic import (
    Registered,
    change_registration,
    check_open,
    delete_registration,
)
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.cors import allow_everyone, public_preflight
from oauth_provider.endpoints.json_endpoint import MethodNotAllowed, answer, for_programs, refuse, unstored
from oauth_provider.form_body import read_json
from oauth_provider.models import DynamicRegistration
from oauth_provider.models.client import as_client
from oauth_provider.protocol.bearer import token_from_header
from oauth_provider.protocol.errors import InvalidToken, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.views.cors import from_anywhere
from oauth_provider.sql.transaction import RowGone
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.key_ring import algorithms

METHODS = ("GET", "PUT", "DELETE", "OPTIONS")
ALLOW = ", ".join(METHODS)


@sensitive_variables()
def client_configuration(request: HttpRequest, client_id: str) -> HttpResponse:
    """Answer the holder of the registration access token. Nobody else learns whether there is such a client."""
    if request.method == "OPTIONS":
        return public_preflight(request, ALLOW)
    try:
        if request.method not in METHODS:
            raise MethodNotAllowed(Reason.METHOD_NOT_ALLOWED, methods="GET, PUT and DELETE")
        response = act(request, *opened(request, client_id))
    except OAuthError as error:
        response = refuse(error, request, None)
        if isinstance(error, MethodNotAllowed):
            response["Allow"] = ALLOW
    except RowGone:
        response = refuse(InvalidToken(Reason.REGISTRATION_TOKEN_NOT_GOOD), request, None)
    allow_everyone(response)
    return response


@sensitive_variables()
def opened(request: HttpRequest, client_id: str) -> tuple[DynamicRegistration, str]:
    """Return the registration and the token that opens it. Raises ``InvalidToken``, the same for every reason."""
    token = token_from_header(request.headers.get("Authorization", ""))
    found = None if token is None else DynamicRegistration.objects.find(client_id, token)
    if token is None or found is None:
        raise InvalidToken(Reason.REGISTRATION_TOKEN_NOT_GOOD)
    return found, token


@sensitive_variables()
def act(request: HttpRequest, found: DynamicRegistration, token: str) -> HttpResponse:
    """Do what the method says."""
    by = By(Door.ENDPOINT, address=provider_settings.CLIENT_ADDRESS(request))
    DynamicRegistration.objects.end_previous(found, token)
    if request.method == "DELETE":
        delete_registration(found, by)
        response = unstored(HttpResponse(status=204))
        del response["Content-Type"]
        return response
    if request.method == "PUT":
        return told(request, change_registration(found, token, read_json(request), by, algorithms=algorithms()))
    client = as_client(found.application)
    check_open(client)
    return told(request, Registered(client, found, token))


@sensitive_variables()
def told(request: HttpRequest, registered: Registered) -> HttpResponse:
    """Answer with what is registered now (RFC 7592 §3). A secret that was shown once is not known here any more."""
    members = client_information(registered.client, registered.registration)
    if registered.secret:
        secret = {"client_secret": registered.secret, "client_secret_expires_at": registered.secret_expires_at}
        members |= secret
    path = reverse("oauth_provider:client_configuration", args=[registered.client.client_id])
    uri = urljoin(issuer_of(request).name, path)
    return answer(members | {"registration_access_token": registered.token, "registration_client_uri": uri})


view = for_programs(client_configuration, may_read=from_anywhere)
