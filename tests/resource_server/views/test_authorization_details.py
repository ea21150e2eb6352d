"""Plain views guarded by authorization details (RFC 9396 §9): one element must allow the call, at this URL."""

import asyncio
import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpResponse
from django.test import RequestFactory

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.verifiers.introspection import read
from oauth_provider.resource_server.views.decorators import inspect, requires_authorization_details, requires_scopes
from tests.each import each
from tests.rest_framework import tokens
from tests.sessions import sign_in

pytestmark = pytest.mark.spec("RFC 9396", "9")

READ = {"type": "account", "actions": ["read", "list"], "locations": ["http://testserver/accounts"]}
PAY = {"type": "payment", "amount": "12.50"}


@requires_authorization_details("account", actions="read")
def accounts(request: Any) -> HttpResponse:
    return HttpResponse(request.auth.details_of("account")[0]["type"])


@requires_authorization_details("payment")
async def pay(request: Any) -> HttpResponse:
    return HttpResponse(request.auth.client_id)


@requires_scopes("notes:read")
@requires_authorization_details("payment", amount="12.50")
def both(request: Any) -> HttpResponse:
    return HttpResponse()


@requires_authorization_details("payment", session=True)
def with_session(request: Any) -> HttpResponse:
    return HttpResponse(str(request.user))


LOOKED_AT: list[str] = []


def verify_and_note(token: str) -> Any:
    LOOKED_AT.append(token)
    return tokens.verify(token)


def call(view: Any, path: str = "/accounts/1", *, user: Any = None, method: str = "get", **headers: str) -> Any:
    headers = headers or {"Authorization": "Bearer good"}
    request: Any = getattr(RequestFactory(enforce_csrf_checks=True), method)(path, headers=headers)
    sign_in(request, user)
    response = view(request)
    return asyncio.run(response) if asyncio.iscoroutine(response) else response


@each("left", [object(), "Bearer", {"scope": "payment"}, True])
def test_what_somebody_else_left_on_the_request_is_no_token(left: Any) -> None:
    """A guard above has looked at the token already, and leaves an ``AccessToken``: nothing else is believed."""
    request: Any = RequestFactory().get("/accounts/1")
    request.user, request.auth = AnonymousUser(), left
    assert accounts(request).status_code == 401


def refused(response: Any) -> None:
    assert response.status_code == 403
    assert json.loads(response.content)["error"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
    assert response["Cache-Control"] == "no-store"


def test_a_token_for_this_is_let_through(issue):
    issue(authorization_details=(PAY, READ), scope="")
    assert call(accounts).content == b"account"
    assert call(pay, "/pay").content == b"service"


@pytest.mark.parametrize(
    "details",
    [
        (),
        (PAY,),
        ({**READ, "actions": ["list"]},),
        ({**READ, "actions": "list"},),
        ({**READ, "actions": None},),
        ({**READ, "locations": ["http://testserver/other"]},),
        ({**READ, "locations": ["https://testserver/accounts"]},),
        ({**READ, "locations": []},),
        ({"type": "account"},),
        ({"actions": ["read"]},),
    ],
)
def test_a_token_for_anything_else_is_not(issue, details):
    issue(authorization_details=details, scope="account read")
    refused(call(accounts))


def test_no_token_and_a_bad_one_are_answered_401(issue):
    assert call(accounts, Accept="*/*").status_code == 401
    assert call(accounts, Authorization="Bearer bad").status_code == 401


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"authorization_details": (PAY,)}, 200),
        ({"authorization_details": ({**PAY, "amount": "1250"},)}, 403),
        ({"authorization_details": (PAY,), "scope": "notes:write"}, 403),
        ({}, 403),
    ],
)
def test_below_scopes_both_are_needed_and_the_token_is_looked_at_once(issue, settings, facts, status):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.verify_and_note"}
    LOOKED_AT.clear()
    issue(**facts)
    assert call(both).status_code == status
    assert LOOKED_AT == ["good"]


def test_a_session_will_do_where_the_view_says_so(issue):
    ada = User(username="ada")
    assert call(with_session, user=ada, Accept="*/*").content == b"ada"
    assert call(with_session, Accept="*/*").status_code == 401
    assert call(with_session, user=ada, method="post", Accept="*/*").status_code == 403
    issue(authorization_details=())
    refused(call(with_session, user=ada))


def test_the_inspector_knows_what_a_view_asks_for():
    assert inspect(accounts).details_types == ("account",)
    assert (inspect(both).scopes, inspect(both).details_types) == (("notes:read",), ("payment",))
    assert inspect(call) is None


@each("arguments", [(), ("",), (None,)])
def test_a_declaration_that_means_nothing_is_refused(arguments):
    with pytest.raises(TypeError):
        requires_authorization_details(*arguments)


def test_what_a_view_does_to_its_details_is_forgotten_with_the_call(issue):
    @requires_authorization_details("account")
    def careless(request: Any) -> HttpResponse:
        request.auth.authorization_details[0]["actions"].append("write")
        return HttpResponse()

    remembered = issue(authorization_details=({"type": "account", "actions": ["read"]},))
    assert call(careless).status_code == 200
    assert remembered.authorization_details == ({"type": "account", "actions": ["read"]},)


# -- elsewhere -----------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "9.2")
def test_introspection_brings_them_to_an_api_elsewhere():
    members = {"active": True, "token_type": "Bearer", "client_id": "a", "authorization_details": [READ]}
    assert read(members).authorization_details == (READ,)
    assert read({**members, "authorization_details": []}).authorization_details == ()


@pytest.mark.spec("RFC 9396", "9.2")
@each("said", [None, "account", {"type": "account"}, [1], ["account"], [{}], [None], 1, True])
def test_an_answer_that_means_nothing_opens_nothing(said):
    members = {"active": True, "token_type": "Bearer", "client_id": "a", "authorization_details": said}
    with pytest.raises(InvalidToken):
        read(members)
