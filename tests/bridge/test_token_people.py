"""Only a session is a person (RFC 9700 §2.3): what DOT's middleware and backend make of a token decides on no page."""

import re
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model, login
from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.test import Client as Browser
from oauth2_provider.backends import OAuth2Backend

from oauth_provider.authorization.context import AuthenticationContext, Context
from oauth_provider.authorization.sign_in import SIGN_IN
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.pages.sending.browser_state import COOKIE
from oauth_provider.resource_server.users.masked_user import mask_user
from oauth_provider.resource_server.users.session_user import session_user
from tests import ledger
from tests.bridge.conftest import MIDDLEWARE
from tests.driver import AUTHORIZE, CONFIRM, LOGOUT, Driver, query_of
from tests.each import each
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "2.3")]

DOT_BACKEND = "oauth2_provider.backends.OAuth2Backend"
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
OWN_BACKEND = f"{__name__}.OwnBackend"
LOGIN = "/accounts/login/"


class OwnBackend(OAuth2Backend):  # type: ignore[misc]  # DOT ships no types
    """A project's own, which still knows people by tokens and finds those of its sessions."""

    def get_user(self, user_id: Any) -> Any:
        return get_user_model().objects.get(pk=user_id)


class Describes(AuthenticationContext):
    """A project's own, which looks at ``request.user``."""

    seen: list[str] = []

    def describe(self, request: HttpRequest) -> Context:
        self.seen.append(request.user.get_username())
        return super().describe(request)


@pytest.fixture(params=["after", "before"], autouse=True)
def _order(request: Any, settings: Any) -> None:
    """Django's own middleware before DOT's, and behind it."""
    settings.ROOT_URLCONF = "tests.urls"
    names = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]
    django = names.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    place = django if request.param == "before" else len(names)
    settings.MIDDLEWARE = [*names[:place], MIDDLEWARE, *names[place:]]


@pytest.fixture
def token(driver: Driver) -> str:
    """A token that the person gave an app for one scope."""
    driver.scope = "notes:read"
    return str(driver.tokens()["access_token"])


def robot(token: str, **options: Any) -> Browser:
    """The app's server: no cookie, one header."""
    return Browser(headers={"authorization": f"Bearer {token}"}, **options)


def test_a_token_is_sent_to_the_login_page(driver: Driver, token: str) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        browser = Browser(headers={"authorization": f"{scheme} {token}"})
        with ledger.unchanged():
            response = browser.get(AUTHORIZE, driver.request(scope="read write"))
        assert response["Location"].startswith(LOGIN)


def test_a_token_is_nobody_to_a_silent_request(driver: Driver, token: str) -> None:
    response = robot(token).get(AUTHORIZE, driver.request(prompt="none"))
    assert query_of(response["Location"])["error"] == "login_required"


def test_a_token_neither_sees_nor_decides_a_consent_page_of_its_person(driver: Driver, token: str) -> None:
    page = driver.authorize(scope="read write")["Location"]
    assert page.startswith("/oauth/consent/")
    with ledger.unchanged():
        ledger.is_error_page(robot(token).get(page))
        ledger.is_error_page(robot(token).post(page, {"decision": "allow"}))
    assert driver.browser.get(page).status_code == 200


def test_a_token_beside_another_persons_session_does_not_speak_for_it(driver: Driver, token: str) -> None:
    """Nor does the session for the person of the token: it is its own person's, and asked by name."""
    bob = UserFactory(username="bob", first_name="Bob")
    browser = robot(token)
    browser.force_login(bob, backend=MODEL_BACKEND)
    page = browser.get(AUTHORIZE, driver.request(scope="read write"))["Location"]
    shown = browser.get(page).content.decode()
    assert "bob" in shown
    assert driver.user.get_username() not in shown
    answer = query_of(browser.post(page, {"decision": "allow"})["Location"])
    assert "code" in answer
    assert Authorization.objects.latest("pk").user == bob
    assert Consent.objects.latest("pk").user == bob
    assert PendingRequest.objects.latest("pk").user == bob


def test_a_projects_own_hook_sees_the_person_of_the_session(driver: Driver, token: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUTHENTICATION_CONTEXT": f"{__name__}.Describes"}
    Describes.seen.clear()
    browser = robot(token)
    browser.force_login(UserFactory(username="bob"), backend=MODEL_BACKEND)
    browser.get(AUTHORIZE, driver.request())
    assert set(Describes.seen) == {"bob"}


def test_a_template_of_a_project_sees_nobody_there(token: str) -> None:
    """Ours can be overridden, and context processors offer ``user``."""
    page = robot(token).get(LOGOUT)
    assert page.context["user"].is_anonymous
    assert page.context["request"].user.is_anonymous


def test_a_token_chooses_no_account_and_begins_no_new_sign_in(driver: Driver, token: str) -> None:
    page = driver.authorize(prompt="select_account")["Location"]
    again = page.replace("select-account", "sign-in-again")
    for url, choice in ((page, "this"), (page, "other"), (again, "again")):
        for response in (robot(token).get(url), robot(token).post(url, {"choice": choice})):
            assert response["Location"].startswith("/oauth/authorize?ticket=")
            assert robot(token).get(response["Location"])["Location"].startswith(LOGIN)


def test_a_token_is_nobody_at_the_logout(driver: Driver, token: str) -> None:
    page = robot(token).get(LOGOUT).content.decode()
    assert "You are logged out" in page
    assert driver.user.get_username() not in page
    ticket = re.search(r'name="ticket" value="([^"]+)"', driver.browser.get(LOGOUT).content.decode())[1]  # type: ignore[index]
    robot(token).post(CONFIRM, {"ticket": ticket, "decision": "log_out"})
    assert "_auth_user_id" in driver.browser.session


# -- the admin -------------------------------------------------------------------------------------------------


@pytest.fixture
def _carries_power(settings: Any) -> None:
    """Scopes may carry power; a page of the admin is for people all the same."""
    carried = ["is_staff", "is_superuser", "oauth_provider.view_authorization", "oauth_provider.change_authorization"]
    settings.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"notes:read": carried}}


@pytest.fixture
def staff(driver: Driver) -> Any:
    driver.user.is_staff = True
    driver.user.save()
    permissions = Permission.objects.filter(codename__in=["view_authorization", "change_authorization"])
    driver.user.user_permissions.set(permissions)
    return driver.user


def test_a_token_of_a_member_of_staff_opens_no_page_of_the_admin(driver: Driver, staff: Any, token: str) -> None:
    for url in ("/admin/", "/admin/oauth_provider/authorization/", "/admin/auth/user/"):
        assert robot(token).get(url).status_code == 302
    assert driver.browser.get("/admin/oauth_provider/authorization/").status_code == 200


@pytest.mark.usefixtures("_carries_power")
def test_a_scope_that_carries_power_opens_no_page_of_the_admin_either(driver: Driver, staff: Any, token: str) -> None:
    for url in ("/admin/", "/admin/oauth_provider/authorization/", "/admin/auth/user/"):
        assert robot(token).get(url).status_code == 302


def test_our_pages_of_the_admin_are_for_people_even_where_nothing_is_masked(
    driver: Driver, staff: Any, token: str, settings: Any
) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"PRIVILEGE_FLAGS": []}
    row = Authorization.objects.latest("pk")
    base = "/admin/oauth_provider/authorization/"
    for url in (base, f"{base}{row.pk}/revoke/", "/admin/oauth2_provider/application/add/"):
        assert robot(token).get(url).status_code == 403
    assert robot(token).post(f"{base}{row.pk}/revoke/", {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.revoked_at is None


def test_the_user_of_the_middleware_has_no_more_power_than_the_scopes(driver: Driver, token: str, rf: Any) -> None:
    driver.user.is_staff = driver.user.is_superuser = True
    driver.user.save()
    user = authenticate(rf.get("/", headers={"authorization": f"Bearer {token}"}))
    assert user == driver.user
    assert (user.is_staff, user.is_superuser, user.has_perm("auth.add_user")) == (False, False, False)  # type: ignore[union-attr]


# -- sessions that a token made --------------------------------------------------------------------------------


@each("backends", [[MODEL_BACKEND, DOT_BACKEND], [DOT_BACKEND, MODEL_BACKEND]], ids=str)
def test_a_login_form_takes_no_token(driver: Driver, token: str, settings: Any, backends: list[str]) -> None:
    settings.AUTHENTICATION_BACKENDS = backends
    browser = robot(token)
    form = {"username": driver.user.get_username(), "password": "not the password"}
    assert browser.post(LOGIN, form).status_code == 200
    assert "_auth_user_id" not in browser.session
    assert browser.post(LOGIN, form | {"password": "correct horse"}).status_code == 302
    assert browser.session["_auth_user_backend"] == MODEL_BACKEND


@each("backend", [DOT_BACKEND, OWN_BACKEND])
def test_a_session_that_a_token_made_is_nobodys(driver: Driver, settings: Any, backend: str) -> None:
    settings.AUTHENTICATION_BACKENDS = [MODEL_BACKEND, backend]
    driver.browser.logout()
    driver.browser.force_login(driver.user, backend=backend)
    assert SIGN_IN not in driver.browser.session
    assert driver.authorize()["Location"].startswith(LOGIN)
    assert query_of(driver.authorize(prompt="none")["Location"])["error"] == "login_required"
    assert driver.user.get_username() not in driver.browser.get(LOGOUT).content.decode()
    assert COOKIE not in driver.browser.cookies


def test_a_session_that_dots_backend_made_before_is_nobodys_in_the_whole_project(driver: Driver, staff: Any) -> None:
    driver.browser.logout()
    driver.browser.force_login(staff, backend=DOT_BACKEND)
    assert driver.browser.get("/admin/").status_code == 302


def test_a_token_that_signs_in_over_a_session_takes_its_sign_in_away(driver: Driver, rf: Any) -> None:
    """And keeps what hung on it for the next login of the same person."""
    driver.scope = "openid read"
    tokens = driver.tokens()
    request = rf.get("/")
    request.session, request.user = driver.browser.session, driver.user
    login(request, driver.user, backend=DOT_BACKEND)
    assert "sid" not in request.session[SIGN_IN]
    assert "auth_time" not in request.session[SIGN_IN]
    assert ledger.is_good(tokens["access_token"])
    login(request, driver.user, backend=MODEL_BACKEND)
    assert request.session[SIGN_IN]["former"] == [Authorization.objects.get().sid]


def test_a_session_with_the_password_of_before_is_not_proven_by_a_token(driver: Driver, token: str) -> None:
    """Same person, but the session ended with the change of the password."""
    driver.user.set_password("battery staple")
    driver.user.save()
    browser = robot(token)
    browser.cookies = driver.browser.cookies
    assert browser.get(AUTHORIZE, driver.request())["Location"].startswith(LOGIN)


def test_a_masked_user_stands_for_no_session(driver: Driver, rf: Any) -> None:
    driver.user.is_superuser = True
    driver.user.save()
    request = rf.get("/")
    request.session, request.user = driver.browser.session, mask_user(driver.user, ["read"])
    user = session_user(request)
    assert user == driver.user
    assert user.is_superuser
    assert request.user is user
