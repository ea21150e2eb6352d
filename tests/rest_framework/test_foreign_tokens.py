"""Bearer tokens of somebody else (RFC 6750 §2.1): left to the next class where the project says so, never to nobody."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI
from ninja.security import HttpBearer
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.dot.names import access_token_model
from oauth_provider.ninja import OAuth, answer_refusals
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import make_refresh_token, make_token
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.verifiers import IntrospectionVerifier, JWTOrIntrospectionVerifier, JWTVerifier
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from oauth_provider.tokens.token_lookup import find_token
from oauth_provider.tokens.verifier import is_foreign
from tests.driver import signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6750", "2.1")]

STRICT = "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE
ISSUER = "https://auth.example.com"
EXPIRED, KNOX = "expired-one-of-theirs", "a" * 64


def jwt(**claims: Any) -> str:
    """Signed by nobody: only looked at."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "7", **claims})
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return ".".join((*encoded, "c2ln"))


THEIRS = jwt(iss="https://their.example")


class Theirs(BaseAuthentication):
    """As other packages' classes do it: what they do not know is refused, or left where it is malformed."""

    def authenticate(self, request: Any) -> Any:
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token == "nobodys-token":
            return None
        if token not in {THEIRS, KNOX}:
            raise AuthenticationFailed
        return User(username="theirs", pk=7), token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="theirs"'


class KeywordBearer(TokenAuthentication):
    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> Any:
        return User(username="theirs", pk=7), key


class Whoami(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Any) -> Response:
        return Response(str(request.user))


class Declaring(Whoami):
    scopes = "notes:read"


@pytest.fixture
def leave(settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"UNKNOWN_BEARER_TOKENS": "leave"}


def call(
    token: str, *after: type[BaseAuthentication], user: Any = None, view: type[APIView] = Whoami, **initial: Any
) -> Any:
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    if user is not None:
        request.user = user
    with transaction.atomic():  # where each request is a transaction, DRF rolls a refused one back
        return view.as_view(authentication_classes=[OAuthAuthentication, *after], **initial)(request)


@pytest.mark.parametrize("options", [{}, {"UNKNOWN_BEARER_TOKENS": "refuse"}])
def test_by_default_every_bearer_token_is_ours_to_judge(settings: Any, options: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = options  # with the provider's own verifier, which can tell
    for token in (THEIRS, KNOX, "nobodys-token"):
        response = call(token, Theirs)
        assert (response.status_code, response.data["error"]) == (401, "invalid_token")


def test_a_call_without_a_token_has_none_that_could_be_left(leave: None) -> None:
    request = APIRequestFactory().get("/")
    response = Whoami.as_view(authentication_classes=[OAuthAuthentication, Theirs])(request)
    assert (response.status_code, response.data) == (200, "AnonymousUser")


@pytest.mark.parametrize("token", [THEIRS, KNOX, jwt()])
def test_what_cannot_be_ours_is_left_to_the_next_class(leave: None, token: str) -> None:
    assert call(token, KeywordBearer).data == "theirs"
    assert call(token, SessionAuthentication, KeywordBearer).data == "theirs"


def test_the_next_class_refuses_what_it_does_not_know(leave: None) -> None:
    assert call(THEIRS, Theirs).data == "theirs"
    response = call(jwt(iss="https://somebody.example"), Theirs)
    assert (response.status_code, str(response.data["detail"].code)) == (401, "authentication_failed")


@pytest.mark.parametrize("after", [(), (SessionAuthentication,), (TokenAuthentication,), (OAuthAuthentication,)])
def test_where_no_class_after_it_takes_bearer_tokens_nothing_is_left(leave: None, after: Any) -> None:
    for user in (None, User(username="ada", pk=1)):
        assert call(THEIRS, *after, user=user).status_code == 401


@pytest.mark.parametrize("user", [None, User(username="ada", pk=1)])
def test_a_token_that_nobody_takes_is_no_call_without_a_token(leave: None, user: Any) -> None:
    """Not even where anybody may call, or somebody is signed in beside it."""
    response = call("nobodys-token", Theirs, SessionAuthentication, user=user)
    assert (response.status_code, response.data["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_what_is_ours_is_never_left(leave: None) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    live, own_jwt = tokens["access_token"], jwt(iss=ISSUER)
    assert call(live, KeywordBearer).data == driver_user().get_username()
    driver.revoke(live)
    broken = live[:-1] + ("0" if live[-1] != "0" else "1")
    unknown = make_token("oat_")
    others = (tokens["refresh_token"], make_refresh_token("0" * 22), "oac_x", "opat_x", own_jwt, "a.b.c", "A" * 30)
    for token in (live, broken, unknown, *others):
        assert not is_foreign(token), token
        assert call(token, KeywordBearer).status_code == 401, token


def driver_user() -> User:
    return User.objects.get()


@pytest.mark.parametrize("token", ["a" * 40, jwt(iss="https://old.example")])
def test_what_has_a_row_is_ours_whatever_it_looks_like(leave: None, token: str) -> None:
    """Rows that a project made itself: one that has expired is refused, and a live one is good."""
    driver = signed_in()
    row = access_token_model().objects.create(
        user=driver_user(), application=driver.application, token=token, expires=timezone.now() + timedelta(hours=1)
    )
    assert find_token(digest(token)) is not None
    assert call(token, KeywordBearer).data == driver_user().get_username()
    access_token_model().objects.filter(pk=row.pk).update(expires=timezone.now())
    assert call(token, KeywordBearer).status_code == 401


def test_where_the_project_makes_dots_tokens_itself_nothing_can_be_told(leave: None, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {"ACCESS_TOKEN_GENERATOR": "oauthlib.common.generate_token"}
    assert not is_foreign(KNOX)
    assert call(KNOX, KeywordBearer).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer\ta", "Bearer a b", "Bearer a, Bearer b"])
def test_a_malformed_header_is_an_error_as_ever(leave: None, header: str) -> None:
    request = APIRequestFactory().get("/", headers={"Authorization": header})
    view = Whoami.as_view(authentication_classes=[OAuthAuthentication, KeywordBearer])
    assert view(request).status_code == 400


def test_a_view_without_a_next_class_leaves_nothing(leave: None) -> None:
    view = requires_scopes("a", session=True)(lambda request: Response())
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {THEIRS}"})
    request.user = User(username="ada", pk=1)
    assert view(request).status_code == 401


# -- without the provider ------------------------------------------------------------------------------------------


@each(
    ("verifier", "foreign", "own"),
    [
        (JWTVerifier, (THEIRS, jwt(), KNOX, "key-7"), (jwt(iss=ISSUER), "oat_x", "ort_x", "a.b.c", "a.b.c.d.e")),
        (IntrospectionVerifier, (THEIRS,), (jwt(iss=ISSUER), jwt(), KNOX, "oat_x", "a.b.c", jwt(iss=7))),
        (JWTOrIntrospectionVerifier, (THEIRS, jwt()), (jwt(iss=ISSUER), KNOX, "oat_x", "a.b.c", jwt(iss=[ISSUER]))),
    ],
)
def test_what_a_verifier_can_tell_without_asking(settings: Any, verifier: Any, foreign: Any, own: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": [ISSUER]}
    made = verifier()
    assert [made.is_foreign(token) for token in foreign] == [True] * len(foreign)
    assert [made.is_foreign(token) for token in own] == [False] * len(own)


def test_without_issuers_no_issuer_is_foreign(settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": []}
    assert not IntrospectionVerifier().is_foreign(THEIRS)
    assert not JWTVerifier().is_foreign(THEIRS)


def test_a_verifier_that_cannot_tell_leaves_nothing_and_a_check_says_so(settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {
        "UNKNOWN_BEARER_TOKENS": "leave",
        "VERIFIER": "tests.rest_framework.tokens.verify",
    }
    assert call(THEIRS, KeywordBearer).status_code == 401
    assert [found.id for found in checks.check_unknown_tokens(None)] == ["oauth_resource_server.W060"]
    settings.OAUTH_RESOURCE_SERVER |= {"UNKNOWN_BEARER_TOKENS": "refuse"}
    assert checks.check_unknown_tokens(None) == []
    settings.OAUTH_RESOURCE_SERVER = {"UNKNOWN_BEARER_TOKENS": "leave"}
    assert checks.check_unknown_tokens(None) == []
    settings.OAUTH_RESOURCE_SERVER = {"UNKNOWN_BEARER_TOKENS": "ignore"}
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert checks.check_unknown_tokens(None) == []


# -- django-ninja --------------------------------------------------------------------------------------------------


class Key(HttpBearer):
    def authenticate(self, request: Any, token: str) -> Any:
        return token if token == THEIRS else None


api = NinjaAPI(urls_namespace="foreign-tokens")
answer_refusals(api)


@api.get("/", auth=[OAuth("a", session=True), Key()])
def operation(request: Any) -> str:
    return "in"


urlpatterns = [path("", api.urls)]


@pytest.mark.urls(__name__)
@pytest.mark.skipif(STRICT, reason="every view of the project asks for a login first")
def test_ninja_asks_its_next_guard_and_refuses_where_none_takes_it(settings: Any) -> None:
    browser = signed_in().browser

    def status(header: str) -> int:
        return int(browser.get("/", headers={"Authorization": header}).status_code)

    assert status(f"Bearer {THEIRS}") == 401
    settings.OAUTH_RESOURCE_SERVER = {"UNKNOWN_BEARER_TOKENS": "leave"}
    found = [status(header) for header in (f"Bearer {THEIRS}", f"Bearer {KNOX}", f"Bearer {make_token('oat_')}")]
    assert found == [200, 401, 401]
    assert status("Bearer\ta") == 400


@pytest.mark.parametrize(("permission", "status"), [(IsAuthenticated, 200), (IsAdminUser, 403)])
def test_what_another_class_took_is_held_to_the_permissions_of_the_view(
    leave: None, permission: Any, status: int
) -> None:
    assert call(THEIRS, KeywordBearer, permission_classes=[permission]).status_code == status


def test_a_token_that_nobody_takes_is_told_the_scopes_that_the_view_declares(leave: None) -> None:
    response = call("nobodys-token", Theirs, permission_classes=[HasScopes], view=Declaring)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].endswith('scope="notes:read"')
