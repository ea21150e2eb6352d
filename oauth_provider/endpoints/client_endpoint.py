"""Endpoints that authenticated clients POST a form to (RFC 6749 §3.2): who calls, what it says, what is answered."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oauth_provider.clients.authentication import authenticate
from oauth_provider.clients.body import read_body
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.cors import allow_reading, preflight
from oauth_provider.endpoints.json_endpoint import METHODS, MethodNotAllowed, View, answer, for_programs, refuse
from oauth_provider.models.client import Client
from oauth_provider.models.client_memory import ClientChanged
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.form import Form, parse_form


@dataclass(frozen=True, slots=True)
class Call:
    """One call by an authenticated client: who, and what the form says."""

    http: HttpRequest
    client: Client
    form: Form


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer; ``members`` None is an empty body."""

    members: Mapping[str, Any] | None = field(repr=False)
    status: int = 200


Endpoint = Callable[[Call], Answer]
# From the parameters of the body, the Authorization header and an address to the client that calls.
Caller = Callable[[Mapping[str, str], str, str], Client]
# The same from memory, or None.
Recall = Callable[[Mapping[str, str], str, str], Client | None]


def client_endpoint(endpoint: Endpoint, *, caller: Caller = authenticate, recall: Recall | None = None) -> View:
    """The view of an endpoint that authenticated clients POST a form to, and that answers JSON or an OAuth error.

    It needs no cookie, no CSRF token and no login, and owns its transactions. One that can ``recall`` its client
    confirms it before it writes or tells anything, or as it writes.
    """

    @functools.wraps(endpoint)
    def view(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return preflight(request, METHODS)
        client: Client | None = None
        try:
            check_method(request)
            form = parse_form(read_body(request))
            authorization = request.META.get("HTTP_AUTHORIZATION", "")
            presented = form.parameters, authorization, provider_settings.CLIENT_ADDRESS(request)
            client = recall(*presented) if recall is not None else None
            said = said_to_recalled(endpoint, Call(request, client, form)) if client is not None else None
            if said is None:
                client = None  # for whom nothing more is said, should the caller be refused
                client = caller(*presented)
                said = endpoint(Call(request, client, form))
            response = answer(said.members, status=said.status)
        except OAuthError as error:
            response = refuse(error, request, client)
        allow_reading(response, request, client)
        return response

    # A report of an error on its way must hold neither secrets nor tokens.
    return for_programs(sensitive_post_parameters()(sensitive_variables()(view)))


def said_to_recalled(endpoint: Endpoint, call: Call) -> Answer | None:
    """What ``endpoint`` says to a client that was recalled; None where that is not what the client is now.

    Raises ``OAuthError``, which the client that it is now would get as well.
    """
    try:
        try:
            said = endpoint(call)
        except OAuthError:
            call.client.confirm()
            raise
        call.client.confirm()
    except ClientChanged:
        return None
    return said


def check_method(request: HttpRequest) -> None:
    """Only POST: nothing that such an endpoint reads may stand in a URL (RFC 6749 §3.2)."""
    if request.method != "POST":
        raise MethodNotAllowed("This endpoint takes POST alone.")
