"""Endpoints for programs (RFC 6749 §5): how each is called, how it answers, and how it refuses."""

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oauth_provider.clients.authentication import authenticate
from oauth_provider.clients.body import read_body
from oauth_provider.clients.origins import is_known
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.cors import allow_everyone, allow_reading, preflight
from oauth_provider.models.client import Client
from oauth_provider.models.client_memory import ClientChanged
from oauth_provider.protocol.bearer import challenge
from oauth_provider.protocol.errors import (
    InvalidClient,
    InvalidToken,
    OAuthError,
    ServiceUnavailable,
    TemporarilyUnavailable,
)
from oauth_provider.protocol.form import Form, parse_form
from oauth_provider.protocol.strict_json import dump
from oauth_provider.resource_server.database_outage import is_outage, unavailable, unreported
from oauth_provider.resource_server.views.cors import readable

logger = logging.getLogger("oauth_provider.endpoints")

METHODS = "POST, OPTIONS"


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
View = Callable[..., HttpResponse]


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


def for_programs(view: View, *, may_read: Callable[[str], bool] = is_known) -> View:
    """Free ``view`` from what a project demands of pages: CSRF tokens, logins, one transaction for each request.

    Where the database is away it answers 503 in JSON (RFC 9110 §15.6.4). ``may_read`` says from which origins scripts
    may ask it.
    """

    @functools.wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Error as error:
            if not is_outage(error):
                raise
            response = refuse(unavailable(error), request, None)
        allow_everyone(response)  # it says nothing about anybody, and whose origin it is nobody can look up
        return unreported(response)

    freed: View = csrf_exempt(login_not_required(non_atomic_requests(answering)))
    return readable(freed, may_read)


class MethodNotAllowed(OAuthError):
    """RFC 9110 §15.5.6, in the form of an OAuth error."""

    error = "invalid_request"
    status = 405


def check_method(request: HttpRequest) -> None:
    """Only POST: nothing that such an endpoint reads may stand in a URL (RFC 6749 §3.2)."""
    if request.method != "POST":
        raise MethodNotAllowed("This endpoint takes POST alone.")


def answer(members: Mapping[str, Any] | None, *, status: int = 200) -> HttpResponse:
    """In JSON, never to be stored (RFC 6749 §5.1)."""
    response = HttpResponse() if members is None else as_json(members)
    if members is None:
        del response["Content-Type"]  # of nothing
    response.status_code = status
    return unstored(response)


def as_json(members: Mapping[str, Any]) -> HttpResponse:
    """An answer in JSON, by the encoder that writes what is signed."""
    return HttpResponse(dump(dict(members)), content_type="application/json")


def refuse(error: OAuthError, request: HttpRequest, client: Client | None) -> HttpResponse:
    """The error as RFC 6749 §5.2 words it; why, in full, goes to the log."""
    logger.info(
        "%s refused: %s (%s) client=%r",
        request.path,
        error.error,
        error.detail or error.description,
        client.client_id if client else None,
    )
    response = as_json(error.parameters())
    response.status_code = error.status
    if isinstance(error, InvalidClient):
        response["WWW-Authenticate"] = challenge({"realm": "oauth"}, scheme="Basic")
    elif isinstance(error, InvalidToken):
        response["WWW-Authenticate"] = challenge({"realm": "oauth"} | error.parameters())
    elif isinstance(error, TemporarilyUnavailable | ServiceUnavailable):
        response["Retry-After"] = str(error.retry_after)
    elif isinstance(error, MethodNotAllowed):
        response["Allow"] = METHODS
    return unstored(response)


def unstored(response: HttpResponse) -> HttpResponse:
    """``response``, which no cache may keep."""
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
