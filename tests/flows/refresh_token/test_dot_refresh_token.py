"""Refresh tokens that DOT issued (RFC 6749 §6): honoured once, retried and replayed as ours are."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import parse_refresh_token
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.flows.refresh_token.sign_ins import revocation_of

pytestmark = pytest.mark.django_db

WINDOW = 60


def issued_by_dot(application: Any, user: Any, *, scope: str = "notes:read") -> str:
    """A refresh token of DOT's, with the access token beside it."""
    access = access_token_model().objects.create(
        application=application, user=user, token="dot-access", scope=scope, expires=timezone.now() + timedelta(hours=1)
    )
    refresh_token_model().objects.create(
        application=application,
        user=user,
        token="dot-refresh",
        token_checksum=digest("dot-refresh"),
        access_token=access,
    )
    return "dot-refresh"


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_token_of_dots_is_honoured_once_and_becomes_ours() -> None:
    driver = Driver(ApplicationFactory())
    token = issued_by_dot(driver.application, UserFactory())
    response = driver.refresh(token)
    assert response.status_code == 200
    assert parse_refresh_token(response.json()["refresh_token"])
    assert refresh_token_model().objects.get().revoked is not None
    assert Authorization.objects.get().previous_digest == digest(token)
    assert driver.refresh(response.json()["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_lost_answer_to_a_refresh_token_of_dots_can_be_retried() -> None:
    driver = Driver(ApplicationFactory())
    token = issued_by_dot(driver.application, UserFactory())
    first = driver.refresh(token).json()
    with ledger.unchanged():
        assert driver.refresh(token).json()["refresh_token"] == first["refresh_token"]


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_token_of_dots_is_a_replay_after_the_window() -> None:
    driver = Driver(ApplicationFactory())
    token = issued_by_dot(driver.application, UserFactory())
    renewed = driver.refresh(token).json()
    with ledger.later(WINDOW + 1):
        ledger.refused(driver.refresh(token), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"
        assert ledger.is_over(renewed["access_token"])
        assert ledger.is_over("dot-access")


@pytest.mark.spec("RFC 6749", "6")
@each("case", ["another client", "revoked", "inactive user", "wider scope", "no access token"])
def test_a_refresh_token_of_dots_is_refused_where_ours_would_be(case: str) -> None:
    driver, user = Driver(ApplicationFactory()), UserFactory()
    token = issued_by_dot(driver.application, user)
    asking, form, error = driver, {}, "invalid_grant"
    match case:
        case "another client":
            asking = Driver(ApplicationFactory())
        case "revoked":
            refresh_token_model().objects.update(revoked=timezone.now())
        case "inactive user":
            get_user_model().objects.update(is_active=False)
        case "wider scope":
            form, error = {"scope": "notes:read notes:write"}, "invalid_scope"
        case _:
            refresh_token_model().objects.update(access_token=None)
    with ledger.unchanged():
        ledger.refused(asking.refresh(token, **form), error)
