"""One reading of the Authorization header (RFC 6750 §2.1, RFC 9110 §11.4): every guard agrees whether a token came."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.urls import path
from django.views import View
from ninja import NinjaAPI
from oauth2_provider.middleware import OAuth2ExtraTokenMiddleware
from rest_framework.authentication import SessionAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.models import ClientPolicy
from oauth_provider.ninja import OAuth, answer_refusals
from oauth_provider.resource_server.mcp import guard
from oauth_provider.resource_server.views import RequiresScopesMixin, requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import ScopesOrSession
from tests.bridge import views
from tests.driver import INTROSPECT, Driver
from tests.each import each
from tests.resource_server.asgi import call as call_asgi

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6750", "2.1"), pytest.mark.spec("RFC 9110", "11.4")]
STRICT = "django.contrib.auth.middleware.LoginRequiredMiddleware" in django_settings.MIDDLEWARE

MCP = "https://mcp.example/mcp"
TAKEN = ("Bearer {}", "bearer {}", "BEARER   {}", " Bearer {}", "\tbEARER {} \t", "\u00a0Bearer {}", "\x85bearer {}")
REFUSED = (
    "Bearer\t{}", "bearer \t{}", "Bearer\u00a0{}", "Bearer\x85{}", "Bearer\x0b{}", "Bearer\u2003{}", "\tBearer\t{}",
    "Bearer\r\n {}", "Bearer\n\t{}", "Bearer {}\n", "Bearer,{}", "Bearer:{}", "Bearer={}", "Bearer", "Bearer {0} {0}",
    "Bearer {0},Bearer {0}", "Bearer {0}, {0}", "Basic YTpi, Bearer {}", "Basic YTpi,\tbearer {}", 'Bearer "{}"',
    "Token {}", "{}",
)  # fmt: skip
OTHER = ("Basic {}", "DPoP {}", "Bearer{}", "XBearer {}", "")

api = NinjaAPI(urls_namespace="one-parser")
answer_refusals(api)


@api.get("/", auth=OAuth("read", session=True))
def ninja_operation(request: HttpRequest) -> dict[str, str]:
    return {}


class Mixed(RequiresScopesMixin, View):
    scopes, session = "read", True

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class InDrf(APIView):
    authentication_classes = [OAuthAuthentication, SessionAuthentication]
    permission_classes = [ScopesOrSession("read")]

    def get(self, request: Any) -> Response:
        return Response()


def looked_up(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=200 if hasattr(request, "access_token") else 403)


OURS: dict[str, Any] = {
    "/guards/decorator": requires_scopes("read", session=True)(lambda request: HttpResponse()),
    "/guards/mixin": Mixed.as_view(),
    "/guards/drf": InDrf.as_view(),
}
EXTRA = "/guards/extra-middleware"
urlpatterns = [
    *views.urlpatterns,
    *(path(door[1:], login_not_required(view)) for door, view in OURS.items()),
    path(EXTRA[1:], login_not_required(OAuth2ExtraTokenMiddleware(looked_up))),
    path("guards/ninja/", api.urls),
]


@pytest.fixture
def token(driver: Driver, settings: Any) -> str:
    settings.ROOT_URLCONF = __name__
    ClientPolicy(application=driver.application, may_introspect=True, grant_types=["authorization_code"]).save()
    driver.scope = "openid read write notes:read introspection"
    return str(driver.tokens()["access_token"])


async def _app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def answers(browser: Browser, header: str, token: str) -> dict[str, int]:
    """The status of each guard for one header."""
    headers = {"authorization": header}
    # A project frees its own views from LoginRequiredMiddleware; django-ninja's cannot be freed one by one.
    ninja = [] if STRICT else ["/guards/ninja/"]
    doors = [*views.DOORS, *OURS, EXTRA, *ninja, "/oauth/userinfo"]
    found = {door: browser.get(door, headers=headers).status_code for door in doors}
    found[INTROSPECT] = browser.post(
        INTROSPECT, f"token={token}", content_type="application/x-www-form-urlencoded", headers=headers
    ).status_code
    return found


@each("header", TAKEN)
def test_a_token_is_a_token_to_every_guard(token: str, header: str) -> None:
    found = answers(Browser(), header.format(token), token)
    assert set(found.values()) == {200}, found


@each("header", REFUSED)
def test_what_carries_the_letters_of_the_scheme_and_is_no_token_is_an_error_to_every_guard(
    driver: Driver, token: str, header: str
) -> None:
    found = answers(Browser(), header.format(token), token)
    assert set(found.values()) <= {400, 401, 403}, found
    # A session beside it changes nothing: the guards that would let it in take it for what it is, a bad token.
    beside = {door: driver.browser.get(door, headers={"authorization": header.format(token)}) for door in OURS}
    assert {answer.status_code for answer in beside.values()} <= {400, 401}, beside


@each("header", OTHER)
def test_another_scheme_is_no_token_to_any_guard(driver: Driver, token: str, header: str) -> None:
    found = answers(Browser(), header.format(token), token)
    assert set(found.values()) <= {400, 401, 403}, found
    for door in OURS:
        assert driver.browser.get(door, headers={"authorization": header.format(token)}).status_code == 200


def test_the_guard_of_an_mcp_server_reads_it_in_the_same_way(driver: Driver, settings: Any, db: None) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.rest_framework.tokens.verify"}
    from tests.rest_framework.tokens import KNOWN, access_token

    KNOWN["good"] = access_token(scope="read", resources=(MCP,))
    try:
        guarded = guard(_app, resource=MCP, scopes="read")
        for header in TAKEN:
            if header.isascii():  # the others are no bytes of a header's
                assert (
                    call_asgi(guarded, method="GET", headers={"Authorization": header.format("good")}).status == 200
                ), header
        for header in REFUSED:
            if all(ord(character) < 256 for character in header):
                answer = call_asgi(guarded, method="GET", headers={"Authorization": header.format("good")})
                assert answer.status in (400, 401), header
    finally:
        KNOWN.clear()
