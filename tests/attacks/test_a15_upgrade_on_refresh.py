"""A15, upgrade on refresh: never more, never for another, never after the end (RFC 6749 §6, RFC 8707 §2.2)."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "6"), pytest.mark.spec("RFC 8707", "2.2")]


@pytest.fixture(params=[{}, {"public": True}], ids=["confidential", "public"])
def driver(request: pytest.FixtureRequest) -> Driver:
    driver = signed_in(policy={}, **request.param)
    driver.scope = "notes:read"
    return driver


@each(
    ("form", "error"),
    [
        ({"scope": "notes:read notes:write"}, "invalid_scope"),
        ({"scope": "notes:write"}, "invalid_scope"),
        ({"scope": "NOTES:READ"}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"resource": "https://api.example.com"}, "invalid_target"),
    ],
    ids=str,
)
def test_nobody_gets_more_than_was_granted(driver: Driver, form: dict[str, str], error: str) -> None:
    token = driver.tokens()["refresh_token"]
    with ledger.unchanged():
        ledger.refused(driver.refresh(token, **form), error)
    assert driver.refresh(token).json()["scope"] == "notes:read"


def test_a_wider_consent_widens_no_older_sign_in(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    driver.code(scope="notes:read notes:write")
    with ledger.unchanged():
        ledger.refused(driver.refresh(token, scope="notes:read notes:write"), "invalid_scope")


@each("kind", [{}, {"public": True}], ids=["confidential", "public"])
def test_another_client_gets_nothing(driver: Driver, kind: dict[str, Any]) -> None:
    token = driver.tokens()["refresh_token"]
    other = Driver(ApplicationFactory(**kind))
    with ledger.unchanged():
        ledger.refused(other.refresh(token), "invalid_grant")


def test_a_deactivated_users_sign_in_is_over(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    get_user_model().objects.update(is_active=False)
    with ledger.unchanged():
        ledger.refused(driver.refresh(token), "invalid_grant")


def test_a_withdrawn_consent_ends_it(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    withdraw_consent(user=Authorization.objects.get().user, application=driver.application)
    with ledger.unchanged():
        ledger.refused(driver.refresh(token), "invalid_grant")


def test_a_suspended_client_is_refused_as_a_client(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        ledger.refused(driver.refresh(token), "invalid_client", 401)


@each("narrow", ["notes:read", "notes:write"])
def test_narrowing_once_does_not_narrow_the_grant(driver: Driver, narrow: str) -> None:
    driver.scope = "notes:read notes:write"
    narrowed = driver.refresh(driver.tokens()["refresh_token"], scope=narrow).json()
    assert narrowed["scope"] == narrow
    assert driver.refresh(narrowed["refresh_token"]).json()["scope"] == "notes:read notes:write"


@each("retried", [False, True])
def test_what_a_client_may_not_ask_for_any_more_it_does_not_get_again(driver: Driver, retried: bool) -> None:
    driver.scope = "notes:read notes:write"
    token = driver.tokens()["refresh_token"]
    if retried:
        driver.refresh(token)
    ClientPolicy.objects.update(scopes=["photos:read"])
    with ledger.unchanged():
        ledger.refused(driver.refresh(token), "invalid_grant")
    ClientPolicy.objects.update(scopes=["notes:read"])
    with ledger.unchanged():
        ledger.refused(driver.refresh(token, scope="notes:write"), "invalid_scope")
