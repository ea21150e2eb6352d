"""Bad tokens at an API (RFC 6750 §2.1 and §3.1): the answer that is specified, of every kind of view; no 500."""

import base64
import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.http import JsonResponse
from django.test import Client as Browser
from django.urls import path, resolve
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.dot.names import access_token_model
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import ACCESS_TOKEN, make_token
from oauth_provider.resource_server.views import RequiresScopesMixin, requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests import ledger
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.rest_framework import tokens
from tests.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.urls(__name__), pytest.mark.spec("RFC 6750", "3.1")]


class DrfView(APIView):
    """Of Django REST framework."""

    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Request) -> Response:
        return Response({"client": request.auth.client_id})


@requires_scopes("notes:read")
def plain(request: Any) -> JsonResponse:
    """A function of plain Django."""
    return JsonResponse({"client": request.auth.client_id})


class Mixed(RequiresScopesMixin):
    """A class of plain Django."""

    scopes = "notes:read"

    def get(self, request: Any) -> JsonResponse:
        return JsonResponse({"client": request.auth.client_id})


urlpatterns = [
    *project_urls,
    path("drf", DrfView.as_view()),
    path("plain", plain),
    path("mixed", Mixed.as_view()),
]
every_view = pytest.mark.parametrize("place", ["/drf", "/plain", "/mixed"])


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(policy={})
    driver.scope = "openid offline_access notes:read"
    return driver


@pytest.fixture
def token() -> str:
    """A good one, which cost no sign-in."""
    token = make_token(ACCESS_TOKEN)
    access_token_model().objects.create(
        application=ApplicationFactory(),
        token="",
        token_checksum=digest(token),
        expires=timezone.now() + timedelta(hours=1),
        scope="notes:read",
    )
    return token


def call(place: str, authorization: str | None, **query: str) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return Browser().get(place, query, headers=headers)


def refusal(response: Any) -> tuple[int, str | None]:
    """Status and error, which the body and the challenge agree on."""
    error = response.json().get("error")
    challenge = response["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="api"')
    assert ("error=" in challenge) == (error is not None)
    assert error is None or f'error="{error}"' in challenge
    return response.status_code, error


# -- tokens that are something else --------------------------------------------------------------------------


@pytest.mark.django_db
@every_view
def test_only_an_access_token_is_an_access_token(driver: Driver, place: str) -> None:
    code = driver.code()
    issued = driver.redeem(driver.code()).json()
    assert call(place, f"Bearer {issued['access_token']}").status_code == 200
    others = {
        "refresh token": issued["refresh_token"],
        "ID token": issued["id_token"],
        "code": code,
        "client secret": driver.application.secret,
        "client_id": driver.application.client_id,
        "session key": driver.browser.session.session_key,
    }
    with ledger.unchanged():
        for name, value in others.items():
            response = call(place, f"Bearer {value}")
            assert refusal(response) == (401, "invalid_token"), name
            assert value not in response.content.decode() + response["WWW-Authenticate"], name


def mangled(token: str) -> dict[str, str]:
    """What is nearly ``token``."""
    text = base64.b64encode(token.encode()).decode()
    return {
        "cut": token[:-1],
        "longer": f"{token}a",
        "another case": token.swapcase(),
        "another prefix": token.replace("oat_", "ort_", 1),
        "no prefix": token.removeprefix("oat_"),
        "padded": f"{token}=",
        "padded twice": f"{token}==",
        "padding in the middle": f"{token[:10]}={token[10:]}",
        "only padding": "====",
        "in base64": text,
        "in broken base64": text.rstrip("=")[:-1],
        "base64 with a line": f"{text[:8]}\n{text[8:]}",
        "not base64": "%%%%",
        "escaped": "".join(f"%{ord(each):02x}" for each in token),
        "quoted": f'"{token}"',
        "as a parameter": f"token={token}",
        "with NUL": f"{token}\x00",
        "beyond ASCII": f"{token}é",
        "a JWT of nothing": "e30.e30.",
        "a JWT of broken base64": "e.e.e",
        "a JWT that nobody signed": f"{_segment({'alg': 'none', 'typ': 'at+jwt'})}.{_segment({'sub': '1'})}.",
        "five parts": "a.b.c.d.e",
        "dots": "...",
        "huge": "x" * 8193,
        "very huge": "x" * 200_000,
        "as huge as is taken": "x" * 8192,
    }


def _segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.django_db
@every_view
@pytest.mark.parametrize("name", mangled("oat_"))
def test_what_is_nearly_a_token_is_none(token: str, place: str, name: str) -> None:
    assert call(place, f"Bearer {token}").status_code == 200
    with ledger.unchanged():
        assert refusal(call(place, f"Bearer {mangled(token)[name]}")) == (401, "invalid_token")


# -- how it is sent ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@every_view
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer      ", "bearer  "])
@pytest.mark.spec("RFC 9110", "11.1")
def test_the_scheme_may_be_in_any_case_and_any_number_of_spaces_may_follow(token: str, place: str, scheme: str) -> None:
    for end in ("", "   "):
        assert call(place, f"{scheme}{token}{end}").status_code == 200


@pytest.mark.django_db
@every_view
@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (None, (401, None)),
        ("", (401, None)),
        ("Bearer\t{token}", (400, "invalid_request")),
        ("Bearer:{token}", (400, "invalid_request")),
        ("Bearer={token}", (400, "invalid_request")),
        ("Bearer{token}", (401, None)),
        ("{token}", (400, "invalid_request")),  # ours without its scheme: who sends it is told how it is written
        ("Token {token}", (400, "invalid_request")),
        ("Basic {token}", (401, None)),
        ("DPoP {token}", (401, None)),
        ("Bearer", (400, "invalid_request")),
        ("bearer   ", (400, "invalid_request")),
        ("Bearer {token} {token}", (400, "invalid_request")),
        ("Bearer Bearer {token}", (400, "invalid_request")),
        ("Bearer {token},{token}", (400, "invalid_request")),
        ("Bearer {token}, Bearer {token}", (400, "invalid_request")),
        ("Bearer {token}, Basic e30=", (400, "invalid_request")),
        ("Bearer ,{token}", (400, "invalid_request")),
        ("Bearer {token}, ", (400, "invalid_request")),
    ],
)
def test_any_other_header_gets_the_answer_that_is_specified(
    token: str, place: str, header: str | None, answer: tuple[int, str | None]
) -> None:
    response = call(place, header.format(token=token) if header is not None else None)
    assert refusal(response) == answer
    assert token not in response.content.decode() + response["WWW-Authenticate"]


@pytest.mark.django_db
@every_view
@pytest.mark.spec("RFC 9700", "4.3.2")
@pytest.mark.parametrize("header", [None, "Bearer {token}", "Bearer unknown", "Basic e30="])
@pytest.mark.parametrize("value", ["{token}", "", "unknown"])
def test_a_token_in_the_query_string_is_never_taken(token: str, place: str, header: str | None, value: str) -> None:
    response = call(place, header and header.format(token=token), access_token=value.format(token=token))
    assert refusal(response) == (400, "invalid_request")
    assert token not in response.content.decode() + response["WWW-Authenticate"]


GOOD, OTHER = (b"authorization", b"Bearer good"), (b"authorization", b"Bearer other")
PAIRS = [
    [GOOD, GOOD],
    [GOOD, OTHER],
    [OTHER, GOOD],
    [GOOD, (b"authorization", b"Basic e30=")],
    [GOOD, (b"authorization", b"")],
]


@every_view
@pytest.mark.parametrize("headers", PAIRS, ids=str)
@pytest.mark.spec("RFC 9110", "5.3")
def test_of_two_authorization_headers_none_is_chosen(settings: Any, place: str, headers: Any) -> None:
    """A proxy may have looked at the one, and we would look at the other."""
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.rest_framework.tokens.verify"}
    tokens.KNOWN.update(good=tokens.access_token(), other=tokens.access_token())
    server = {"type": "http", "method": "GET", "path": place, "query_string": b"", "server": ("testserver", 80)}
    view = resolve(place).func
    try:
        assert view(ASGIRequest(server | {"headers": [GOOD]}, BytesIO())).status_code == 200
        response = view(ASGIRequest(server | {"headers": headers}, BytesIO()))
    finally:
        tokens.KNOWN.clear()
    assert response.status_code == 400
    assert 'error="invalid_request"' in response["WWW-Authenticate"]
