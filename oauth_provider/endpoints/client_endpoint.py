"""Endpoints that authenticated clients POST a form to (RFC 6749 §3.2): who calls, what it says, what is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oauth_provider.clients.authentication.authenticate import authenticate
from oauth_provider.clients.authentication.client_request import ClientRequest, client_request
from oauth_provider.clients.lookup import FoundClient
from oauth_provider.endpoints.cors import allow_reading, preflight
from oauth_provider.endpoints.json_endpoint import METHODS, MethodNotAllowed, View, answer, for_programs, refuse
from oauth_provider.form_body import read_body
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidClient, OAuthError
from oauth_provider.protocol.form import Form, parse_form
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.proofs.key_binding import KeyBinding, find_binding, proof_headers
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.sql.commit import GuardFailed
from oauth_provider.sql.guard import Guard
from oauth_provider.sql.transaction import RowGone
from oauth_provider.tokens.issuer import issuer_of


def _no_key() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Call:
    """One call by an authenticated client: who, and what the form says.

    ``guard`` is of a client that was remembered: whatever is done for it has to prove that it is unchanged.
    """

    http: HttpRequest
    client: Client
    form: Form
    guard: Guard | None = None
    # The key that the request proves, found once; None where it proves none. Raises ``OAuthError``.
    find_key: Callable[[], KeyBinding | None] = _no_key


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer; ``members`` None is an empty body."""

    members: Mapping[str, Any] | None = field(repr=False)
    status: int = 200


Endpoint = Callable[[Call], Answer]
# Finds the client that calls.
Caller = Callable[[ClientRequest], Client]
# Finds it as this process remembers it, or None.
Recall = Callable[[ClientRequest], FoundClient | None]


def client_endpoint(endpoint: Endpoint, *, caller: Caller = authenticate, recall: Recall | None = None) -> View:
    """The view of an endpoint that authenticated clients POST a form to, and that answers JSON or an OAuth error.

    It needs no cookie, no CSRF token and no login, and owns its transactions. Where it can ``recall`` its client, the
    remembered one is tried first, and the one that is read decides wherever that does not end well.
    """

    @wraps(endpoint)
    def view(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return preflight(request, METHODS)
        client: Client | None = None
        try:
            check_method(request)
            form = parse_form(read_body(request))
            presented = client_request(request, form.parameters, lambda: issuer_of(request).name)
            found = recall(presented) if recall is not None else None
            find_key = cache(partial(find_binding, request)) if key_proofs() else _no_key
            said = None
            if found is not None:
                said = try_remembered(endpoint, Call(request, found.client, form, found.guard, find_key))
            if found is not None and said is not None:
                client = found.client
            else:
                client = caller(presented)
                said = endpoint(Call(request, client, form, None, find_key))
            response = answer(said.members, status=said.status)
        except OAuthError as error:
            response = refuse(error, request, client)
        except RowGone:
            response = refuse(InvalidClient(Reason.CLIENT_UNKNOWN, detail="deleted meanwhile"), request, None)
        added = proof_headers(request)
        for name, value in added.items():
            response[name] = value
        allow_reading(response, request, client, *added)
        return response

    # A report of an error on its way must hold neither secrets nor tokens.
    return for_programs(sensitive_post_parameters()(sensitive_variables()(view)))


def try_remembered(endpoint: Endpoint, call: Call) -> Answer | None:
    """Answer a client that was remembered; None where it has changed, or would be refused."""
    try:
        return endpoint(call)
    except (OAuthError, GuardFailed):
        return None


def check_method(request: HttpRequest) -> None:
    """Only POST: nothing that such an endpoint reads may stand in a URL (RFC 6749 §3.2)."""
    if request.method != "POST":
        raise MethodNotAllowed(Reason.METHOD_NOT_ALLOWED, methods="POST alone")
