"""Whom a guard lets in without a token (RFC 9700 §2.3): the person of a session, and nobody whom middleware made."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.authentication import SessionAuthentication
from rest_framework.test import APIRequestFactory, force_authenticate

from oauth_provider.resource_server.users.client_user import ClientUser
from oauth_provider.resource_server.users.masked_user import mask_user
from oauth_provider.resource_server.users.session_user import active_session_user, is_token_backend, session_user
from oauth_provider.resource_server.views import requires_authorization_details, requires_scopes
from oauth_provider.rest_framework.permissions import ScopesOrSession
from tests.each import each
from tests.rest_framework.views import Notes
from tests.sessions import MODEL_BACKEND, sign_in

pytestmark = pytest.mark.spec("RFC 9700", "2.3")

ADA, BOB = User(username="ada", pk=1), User(username="bob", pk=2)
DOT_BACKEND = "oauth2_provider.backends.OAuth2Backend"


def show_user(request: Any) -> HttpResponse:
    return HttpResponse(str(request.user))


PLAIN = {
    "scopes": requires_scopes("a", session=True)(show_user),
    "details": requires_authorization_details("payment", session=True)(show_user),
}


class AppInSession(SessionAuthentication):
    """A project's own, which finds the token of an app in the session."""

    def authenticate(self, request: Any) -> Any:
        found = super().authenticate(request)
        return found and (found[0], "the app's token")


def made(user: Any = None, session: Any = None, backend: str = MODEL_BACKEND, **options: Any) -> Any:
    """A request whose session is of ``session``, and whose ``user`` middleware set."""
    request: Any = RequestFactory().get("/notes", **options)
    sign_in(request, session, backend)
    if user is not None:
        request.user = user
    return request


def api(request: Any, authentication: Any = SessionAuthentication) -> int:
    """The status of a DRF view that sessions may call without a token."""
    view = Notes.as_view(permission_classes=[ScopesOrSession("a")], authentication_classes=[authentication])
    return int(view(request).status_code)


def test_a_person_of_a_session_is_let_in() -> None:
    assert api(made(session=ADA)) == 200
    for view in PLAIN.values():
        assert view(made(session=ADA)).content == b"ada"


def test_a_view_that_does_not_say_so_takes_no_session() -> None:
    for decorator in (requires_scopes("a"), requires_authorization_details("payment")):
        assert decorator(show_user)(made(session=ADA)).status_code == 401


@pytest.mark.spec("Fetch", "4.8")
def test_a_preflight_passes_every_guard() -> None:
    asks = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    for view in PLAIN.values():
        assert view(RequestFactory().options("/notes", headers=asks)).status_code == 204


NOBODY: dict[str, Any] = {
    "nobody": made,
    "a user without a session": lambda: made(ADA),
    "a masked user without a session": lambda: made(mask_user(User(username="eve", pk=3, is_staff=True), [])),
    "a client": lambda: made(ClientUser("app")),
    "a session that a token made": lambda: made(session=ADA, backend=DOT_BACKEND),
    "a session of a backend that is gone": lambda: made(session=ADA, backend="gone.Backend"),
    "an account that is not active": lambda: made(session=User(username="ada", pk=1, is_active=False)),
}


@each("make", NOBODY.values(), ids=NOBODY)
def test_whoever_is_no_person_of_a_session_is_refused(settings: Any, make: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = [MODEL_BACKEND, DOT_BACKEND]
    user = make().user
    is_known = user.is_authenticated and getattr(user, "is_active", False)  # to DRF, which asks no session
    assert api(make()) == (403 if is_known else 401)
    for view in PLAIN.values():
        assert view(make()).status_code == 401


def test_a_request_without_any_session_is_refused() -> None:
    request: Any = RequestFactory().get("/notes")
    request.user = ADA
    assert api(request) == 403
    assert PLAIN["scopes"](request).status_code == 401


def test_what_a_session_authenticated_for_an_app_needs_scopes() -> None:
    assert api(made(session=ADA), AppInSession) == 403
    request: Any = APIRequestFactory().get("/notes")
    force_authenticate(request, user=ADA, token="the app's token")
    assert api(request) == 403
    force_authenticate(request, user=ADA)
    assert api(request) == 200


@pytest.mark.django_db
def test_the_user_of_a_token_beside_the_session_of_another_gives_way() -> None:
    ada, bob = User.objects.create_user("ada"), User.objects.create_user("bob")
    for view in PLAIN.values():
        assert view(made(bob, session=ada)).content == b"ada"
    assert api(made(bob, session=ada)) == 403  # DRF has taken bob for the person of the session already
    assert api(made(session=ada)) == 200


@pytest.mark.django_db
def test_the_person_of_a_session_is_whole_beside_their_own_token() -> None:
    chief = User.objects.create_user("ada", is_staff=True)
    token_user = mask_user(chief, [])
    assert not token_user.is_staff
    request = made(token_user, session=chief)
    assert session_user(request).is_staff
    assert request.user.is_staff


@pytest.mark.django_db
def test_a_session_from_before_the_password_changed_is_nobodys() -> None:
    ada = User.objects.create_user("ada", password="correct horse")
    request = made(session=ada)
    ada.set_password("battery staple")
    ada.save()
    request.session = type("Session", (dict,), {"flush": dict.clear})(request.session)
    assert session_user(request) is None


def test_the_person_is_found_without_a_statement_where_django_has_loaded_them() -> None:
    """This test has no database."""
    request = made(session=ADA)
    assert session_user(request) is ADA
    assert active_session_user(request) is ADA


def test_dots_backend_is_known_by_its_name_and_whatever_is_derived_from_it() -> None:
    assert is_token_backend(DOT_BACKEND)
    assert is_token_backend("tests.bridge.test_token_people.OwnBackend")
    for other in (MODEL_BACKEND, "", "gone.Backend", "oauth2_provider.backends.get_user_model"):
        assert not is_token_backend(other)
