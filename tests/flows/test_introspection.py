"""Introspection (RFC 7662): what a token says to those who may ask, and ``active: false`` to all else."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import make_refresh_token, parse_refresh_token
from tests import ledger
from tests.driver import INTROSPECT, Driver, post, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

ISSUER = "https://auth.example.com"
INACTIVE = {"active": False}


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={})


@pytest.fixture
def asker() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))


@pytest.mark.spec("RFC 7662", "2.2")
@each("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_an_access_token_says_what_it_is_good_for(driver: Driver, asker: Driver, hint: str | None) -> None:
    token = driver.tokens()["access_token"]
    authorization, row = Authorization.objects.get(), access_token_model().objects.get()
    user, auth_time = authorization.user, authorization.auth_time
    assert auth_time is not None
    with ledger.unchanged():
        response = asker.introspect(token, token_type_hint=hint)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "active": True,
        "scope": "notes:read notes:write",
        "client_id": driver.application.client_id,
        "token_type": "Bearer",
        "exp": int(row.expires.timestamp()),
        "iat": int(row.created.timestamp()),
        "iss": ISSUER,
        "sub": str(user.pk),
        "username": user.get_username(),
        "auth_time": int(auth_time.timestamp()),
        "authorization_id": str(authorization.public_id),
    }


@pytest.mark.spec("RFC 7662", "2.2")
@each("hint", [None, "access_token", "refresh_token"])
def test_a_refresh_token_is_known_too_and_is_no_bearer_token(driver: Driver, asker: Driver, hint: str | None) -> None:
    members = asker.introspect(driver.tokens()["refresh_token"], token_type_hint=hint).json()
    assert members["active"] is True
    assert members["scope"] == "notes:read notes:write"
    assert members["exp"] == int(Authorization.objects.get().expires_at.timestamp())
    assert not {"token_type", "aud", "authorization_details"} & set(members)
    assert members["token_use"] == "refresh_token"


@pytest.mark.spec("RFC 7662", "2.2")
def test_a_refresh_token_without_a_scope_has_no_empty_one(driver: Driver, asker: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    Authorization.objects.update(scope="")
    members = asker.introspect(refresh_token).json()
    assert members["active"] is True
    assert "scope" not in members


@pytest.mark.spec("RFC 7662", "2.2")
def test_a_services_token_names_no_user(asker: Driver) -> None:
    token = asker.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    members = asker.introspect(token).json()
    assert members["active"] is True
    assert not {"sub", "username"} & set(members)


@pytest.mark.spec("RFC 7662", "2.2")
def test_a_token_for_certain_places_names_them(driver: Driver, asker: Driver) -> None:
    token = driver.tokens()["access_token"]
    access_token_model().objects.update(resource=["https://api.example.com/"])
    assert asker.introspect(token).json()["aud"] == ["https://api.example.com/"]


@pytest.mark.spec("RFC 7662", "2.1")
@each("kind", ["access_token", "refresh_token"])
@each("application", [{}, {"policy": {"may_introspect": False}}, {"public": True, "policy": {"may_introspect": True}}])
def test_one_who_may_not_ask_learns_nothing(driver: Driver, kind: str, application: dict[str, Any]) -> None:
    token = driver.tokens()[kind]
    asking = Driver(ApplicationFactory(**application))
    with ledger.unchanged():
        response = asking.introspect(token)
    assert (response.status_code, response.json()) == (200, INACTIVE)


@pytest.mark.spec("RFC 7662", "2.1")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_not_even_of_its_own_tokens(driver: Driver, kind: str) -> None:
    assert driver.introspect(driver.tokens()[kind]).json() == INACTIVE


def superseded(driver: Driver, tokens: dict[str, Any]) -> str:
    driver.refresh(tokens["refresh_token"])
    return str(tokens["refresh_token"])


def never_issued(driver: Driver, tokens: dict[str, Any]) -> str:
    parts = parse_refresh_token(tokens["refresh_token"])
    assert parts is not None
    return make_refresh_token(parts.family)


STRINGS = {
    "nonsense": lambda driver, tokens: "nonsense",
    "no ascii": lambda driver, tokens: "é\u202e",
    "very long": lambda driver, tokens: "a" * 50_000,
    "a code": lambda driver, tokens: driver.code(),
    "a client secret": lambda driver, tokens: driver.application.secret,
    "a superseded refresh token": superseded,
    "a refresh token of that family that was never issued": never_issued,
    "an access token with a slip": lambda driver, tokens: tokens["access_token"].swapcase(),
    "an access token cut short": lambda driver, tokens: tokens["access_token"][:-1],
    "the checksum of an access token": lambda driver, tokens: digest(tokens["access_token"]),
    "nothing, as stored": lambda driver, tokens: " ",
}


@pytest.mark.spec("RFC 7662", "2.2")
@each("make", STRINGS.values(), ids=STRINGS)
def test_what_is_no_live_token_is_not_active_and_nothing_more(driver: Driver, asker: Driver, make: Any) -> None:
    token = make(driver, driver.tokens())
    with ledger.unchanged():
        response = asker.introspect(token)
    assert (response.status_code, response.json()) == (200, INACTIVE)


ENDS = {
    "user inactive": lambda: get_user_model().objects.update(is_active=False),
    "authorization revoked": lambda: Authorization.objects.update(revoked_at=timezone.now()),
    "authorization expired": lambda: Authorization.objects.update(expires_at=timezone.now()),
    "authorization deleted": lambda: Authorization.objects.all().delete(),
    "access token deleted": lambda: access_token_model().objects.all().delete(),
    "user deleted": lambda: get_user_model().objects.all().delete(),
    "client suspended": lambda: ClientPolicy.objects.exclude(may_introspect=True).update(status="suspended"),
}


@pytest.mark.spec("RFC 7662", "2.2")
@each("kind", ["access_token", "refresh_token"])
@each("end", ENDS.values(), ids=ENDS)
def test_what_has_ended_is_not_active(driver: Driver, asker: Driver, kind: str, end: Any) -> None:
    token = driver.tokens()[kind]
    assert asker.introspect(token).json()["active"] is True
    end()
    assert asker.introspect(token).json() == INACTIVE


@pytest.mark.spec("RFC 7662", "2.2")
@each(("after", "access", "refresh"), [(3500, True, True), (3601, False, True), (2592001, False, False)])
def test_what_has_expired_is_not_active(driver: Driver, asker: Driver, after: int, access: bool, refresh: bool) -> None:
    tokens = driver.tokens()
    with ledger.later(after):
        assert asker.introspect(tokens["access_token"]).json()["active"] is access
        assert asker.introspect(tokens["refresh_token"]).json()["active"] is refresh


@pytest.mark.spec("RFC 7662", "2.3")
@each(
    ("form", "error", "status"),
    [
        ({"token": None}, "invalid_request", 400),
        ({"token": ""}, "invalid_request", 400),
        ({"client_id": None, "client_secret": None}, "invalid_client", 401),
        ({"client_id": "nobody"}, "invalid_client", 401),
        ({"client_secret": "wrong"}, "invalid_client", 401),
        ({"client_secret": None}, "invalid_client", 401),
    ],
    ids=str,
)
def test_a_malformed_call_is_refused(
    driver: Driver, asker: Driver, form: dict[str, Any], error: str, status: int
) -> None:
    given = {**asker.credentials, "token": driver.tokens()["access_token"], **form}
    with ledger.unchanged():
        response = post(asker.browser, INTROSPECT, {name: value for name, value in given.items() if value is not None})
    ledger.refused(response, error, status)


@pytest.mark.spec("RFC 7662", "2.1")
def test_an_access_token_without_the_scope_is_no_authorization_to_ask(driver: Driver, asker: Driver) -> None:
    token = driver.tokens()["access_token"]
    with ledger.unchanged():
        response = post(asker.browser, INTROSPECT, {"token": token}, Authorization=f"Bearer {token}")
    ledger.refused(response, "invalid_token", 401)
    assert response["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.spec("RFC 7662", "2.1")
def test_a_suspended_asker_is_not_answered(driver: Driver, asker: Driver) -> None:
    token = driver.tokens()["access_token"]
    ClientPolicy.objects.filter(may_introspect=True).update(status="suspended")
    ledger.refused(asker.introspect(token), "invalid_client", 401)


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize("presented", ["dot-access", "dot-refresh"])
def test_tokens_of_dots_are_known_while_they_live(asker: Driver, presented: str) -> None:
    application, user = ApplicationFactory(), UserFactory()
    ends = timezone.now() + timedelta(hours=1)
    access = access_token_model().objects.create(
        application=application, user=user, token="dot-access", scope="notes:read", expires=ends
    )
    refresh_token_model().objects.create(
        application=application,
        user=user,
        token="dot-refresh",
        token_checksum=digest("dot-refresh"),
        access_token=access,
    )
    members = asker.introspect(presented).json()
    assert (members["active"], members["scope"], members["sub"]) == (True, "notes:read", str(user.pk))
    refresh_token_model().objects.update(revoked=timezone.now())
    access_token_model().objects.update(expires=timezone.now())
    assert asker.introspect(presented).json() == INACTIVE
