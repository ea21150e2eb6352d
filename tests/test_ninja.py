"""The guard for django-ninja (RFC 6750 §3.1): the same declaration, the same answers."""

import asyncio

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.test import AsyncClient, RequestFactory
from django.test import Client as Browser
from django.urls import path
from ninja import NinjaAPI, Router

from oauth_provider.ninja import OAuth, Refusal, answer_refusals
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from tests.each import each
from tests.rest_framework import tokens
from tests.sessions import sign_in

# Whether ninja's views ask for a login is ninja's own setting, not ours.
STRICT = "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE
pytestmark = [
    pytest.mark.urls(__name__),
    pytest.mark.spec("RFC 6750", "3.1"),
    pytest.mark.skipif(STRICT, reason="every view of the project asks for a login first"),
]

api = NinjaAPI(urls_namespace="guarded")
answer_refusals(api)
router = Router(auth=OAuth({"GET": "read", "POST": ["read", "write"]}))
plain = NinjaAPI(urls_namespace="plain")


@api.get("/one", auth=OAuth("a", "b"))
@plain.get("/one", auth=OAuth("a"))
def one(request):
    return {"user": str(request.user), "client": request.auth.client_id}


@api.get("/either", auth=OAuth(ScopeRequirement.any_of("a", ["b", "c"]), max_age=300))
async def either(request):
    return {"user": str(request.user)}


@router.api_operation(["GET", "POST"], "/by-method")
def by_method(request):
    return {}


@api.api_operation(["GET", "POST"], "/session", auth=OAuth("a", session=True))
def session(request):
    return {"user": str(request.user)}


api.add_router("", router)
urlpatterns = [path("api/", api.urls), path("plain/", plain.urls)]


@pytest.fixture(autouse=True)
def _resource_server(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.rest_framework.tokens.verify"}
    yield
    tokens.KNOWN.clear()


def call(place, scope=None, *, method="get", **facts):
    tokens.KNOWN["good"] = tokens.access_token(scope=scope or "", **facts)
    headers = {} if scope is None else {"Authorization": "Bearer good"}
    return getattr(Browser(), method)(f"/api/{place}", headers=headers)


def refusal(response):
    return response.status_code, response.json().get("error"), response["WWW-Authenticate"].partition('scope="')[2][:-1]


def test_a_token_with_the_scopes_passes():
    assert call("one", "b a", user=User(username="ada")).json() == {"user": "ada", "client": "service"}
    assert call("one", "b a").json()["user"] == "client:service"


def test_a_call_without_the_scopes_gets_a_challenge_with_them():
    assert refusal(call("one", "a")) == (403, "insufficient_scope", "a b")
    assert refusal(call("one")) == (401, None, "a b")
    assert refusal(call("by-method", "read", method="post")) == (403, "insufficient_scope", "read write")
    assert call("by-method", "read").status_code == 200


@each(
    ("header", "status", "error"),
    [
        ("Bearer unknown", 401, "invalid_token"),
        ("Bearer", 400, "invalid_request"),
        ("Bearer a, Bearer b", 400, "invalid_request"),
        ("bEARER \x00", 401, "invalid_token"),
    ],
)
def test_bad_tokens_get_the_answer_that_is_specified(header, status, error):
    response = Browser().get("/api/one", headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert f'error="{error}"' in response["WWW-Authenticate"]


@pytest.mark.spec("RFC 9470", "3")
def test_async_operations_are_guarded_too():
    tokens.KNOWN["good"] = tokens.access_token(scope="b c")
    response = asyncio.run(AsyncClient().get("/api/either", headers={"Authorization": "Bearer good"}))
    assert (response.status_code, response.json()["error"]) == (401, "insufficient_user_authentication")
    assert response["WWW-Authenticate"].endswith('scope="b c", max_age="300"')


def test_a_session_passes_where_the_operation_says_so_and_must_mean_to_post():
    guard = OAuth("a", session=True)
    request = RequestFactory().get("/")
    sign_in(request, User(username="ada"))
    assert guard(request) == request.user
    for method, user in (("post", request.user), ("get", AnonymousUser())):
        refused = getattr(RequestFactory(), method)("/")
        sign_in(refused, user)
        with pytest.raises(Refusal):
            guard(refused)


def test_without_the_handler_the_status_is_right_and_the_door_is_closed():
    assert Browser().get("/plain/one").status_code == 401
    tokens.KNOWN["good"] = tokens.access_token(scope="b")
    assert Browser().get("/plain/one", headers={"Authorization": "Bearer good"}).status_code == 403


@each("scopes", [(), ("a b",), ({"get": "a"},), (None,)])
def test_a_declaration_that_means_nothing_is_an_error_where_it_is_written(scopes):
    with pytest.raises((TypeError, ValueError)):
        OAuth(*scopes)


def test_the_document_says_that_a_bearer_token_is_needed():
    assert api.get_openapi_schema()["components"]["securitySchemes"] == {"OAuth": {"type": "http", "scheme": "bearer"}}


@pytest.mark.spec("RFC 9110", "15.6.4")
def test_while_the_database_is_away_calls_are_refused_with_503(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.resource_server.test_database_outage.away"}
    response = Browser().get("/api/one", headers={"Authorization": "Bearer good"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert response.json()["error"] == "temporarily_unavailable"
