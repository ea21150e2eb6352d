"""Endpoints for programs (RFC 6749 §5): what frees them from the rules of pages, and how they answer and refuse."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from oauth_provider.clients.origins import is_known
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.cors import allow_everyone
from oauth_provider.events.refusal import tell_refusal
from oauth_provider.models.client import Client
from oauth_provider.protocol.bearer import challenge
from oauth_provider.protocol.errors import (
    InvalidClient,
    InvalidToken,
    OAuthError,
    ServiceUnavailable,
    TemporarilyUnavailable,
)
from oauth_provider.protocol.strict_json import dump
from oauth_provider.resource_server.database_outage import is_outage, mark_reported, unavailable
from oauth_provider.resource_server.views.cors import readable

METHODS = "POST, OPTIONS"

View = Callable[..., HttpResponse]


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
        return mark_reported(response)

    freed: View = csrf_exempt(login_not_required(non_atomic_requests(answering)))
    return readable(freed, may_read)


class MethodNotAllowed(OAuthError):
    """RFC 9110 §15.5.6, in the form of an OAuth error."""

    error = "invalid_request"
    status = 405


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
    """Answer ``error`` as RFC 6749 §5.2 words it, and tell operators why, in full."""
    address = provider_settings.CLIENT_ADDRESS(request)
    tell_refusal(error, path=request.path, address=address, client_id=client.client_id if client else "")
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
