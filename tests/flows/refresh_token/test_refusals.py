"""Refusals of the refresh token grant (RFC 6749 §5.2 and §6), each of which leaves everything as it was."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.token_string import CHECKSUM_LENGTH, REFRESH_TOKEN, make_family, make_refresh_token
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory
from tests.flows.refresh_token.sign_ins import family_of, revoke

pytestmark = pytest.mark.django_db


# Refusals, each of which leaves everything as it was


@pytest.mark.spec("RFC 6749", "6")
@each(
    ("form", "error"),
    [
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": ""}, "invalid_request"),
        ({"refresh_token": "x"}, "invalid_grant"),
        ({"refresh_token": REFRESH_TOKEN}, "invalid_grant"),
        ({"refresh_token": "é\u202e"}, "invalid_grant"),
        ({"refresh_token": "ort_" + "a" * 22 + "_" + "a" * 49}, "invalid_grant"),
        ({"refresh_token": "a" * 50_000}, "invalid_grant"),
        ({"scope": "notes:read photos:read"}, "invalid_scope"),
        ({"scope": "photos:read"}, "invalid_scope"),
        ({"scope": "nothing:here"}, "invalid_scope"),
        ({"scope": "notes:read  notes:write"}, "invalid_scope"),
        ({"scope": "é"}, "invalid_scope"),
        ({"resource": "https://api.example.com"}, "invalid_target"),
        ({"resource": "not a uri"}, "invalid_target"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "refresh_token "}, "unsupported_grant_type"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(f"{k}={str(v)[:20]}" for k, v in value.items()),
)
def test_a_refused_refresh_leaves_the_token_to_its_owner(driver: Driver, form: dict[str, Any], error: str) -> None:
    tokens = driver.tokens()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **form), error)
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@each("other", [{}, {"public": True}], ids=["confidential", "public"])
@each("rotations", [0, 1, 2])
def test_another_client_can_neither_use_nor_end_a_sign_in(driver: Driver, other: Any, rotations: int) -> None:
    first = current = driver.tokens()["refresh_token"]
    for _ in range(rotations):
        current = driver.refresh(current).json()["refresh_token"]
    stranger = Driver(ApplicationFactory(**other))
    with ledger.unchanged():
        ledger.refused(stranger.refresh(first), "invalid_grant")
        ledger.refused(stranger.refresh(current), "invalid_grant")
        ledger.refused(stranger.refresh(make_refresh_token(family_of(current))), "invalid_grant")
    assert driver.refresh(current).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_an_unknown_family_changes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    with ledger.unchanged():
        ledger.refused(driver.refresh(make_refresh_token(make_family())), "invalid_grant")
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_broken_string_of_a_known_family_changes_nothing(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    body, end = token[:-CHECKSUM_LENGTH], token[-CHECKSUM_LENGTH:]
    swapped = "b" if body[-1] == "a" else "a"
    with ledger.unchanged():
        for broken in (token[:-1], token + "a", body + "000000", f"{body[:-1]}{swapped}{end}", token.swapcase()):
            ledger.refused(driver.refresh(broken), "invalid_grant")
    assert driver.refresh(token).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@each("kind", ["access_token", "code"])
def test_no_other_string_of_ours_is_a_refresh_token(driver: Driver, kind: str) -> None:
    code = driver.code()
    presented = {"code": code, "access_token": driver.redeem(code).json()["access_token"]}[kind]
    with ledger.unchanged():
        ledger.refused(driver.refresh(presented), "invalid_grant")


def deactivate(driver: Driver) -> None:
    get_user_model().objects.update(is_active=False)


def expire(driver: Driver) -> None:
    Authorization.objects.update(expires_at=timezone.now())


def withdraw(driver: Driver) -> None:
    withdraw_consent(user=Authorization.objects.get().user, application=driver.application)


def delete(driver: Driver) -> None:
    get_user_model().objects.all().delete()


def delete_authorization(driver: Driver) -> None:
    Authorization.objects.all().delete()


def delete_access_token(driver: Driver) -> None:
    access_token_model().objects.all().delete()


def suspend(driver: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)


def take_grant(driver: Driver) -> None:
    ClientPolicy.objects.update(grant_types=["authorization_code"])


ENDS = [
    (deactivate, "invalid_grant", 400),
    (revoke, "invalid_grant", 400),
    (expire, "invalid_grant", 400),
    (withdraw, "invalid_grant", 400),
    (delete, "invalid_grant", 400),
    (delete_authorization, "invalid_grant", 400),
    (delete_access_token, "invalid_grant", 400),
    (suspend, "invalid_client", 401),
    (take_grant, "unauthorized_client", 400),
]


@pytest.mark.spec("RFC 6749", "6")
@each(("end", "error", "status"), ENDS, ids=lambda value: getattr(value, "__name__", None))
def test_what_has_ended_is_not_refreshed(driver: Driver, end: Any, error: str, status: int) -> None:
    tokens = driver.tokens()
    end(driver)
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), error, status)


@pytest.mark.spec("RFC 9700", "4.14.2")
@each(("end", "error", "status"), ENDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_retry_is_answered_only_after_every_check_of_a_fresh_refresh(
    driver: Driver, end: Any, error: str, status: int
) -> None:
    tokens = driver.tokens()
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    end(driver)
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), error, status)


# What the database says, and to whom


@pytest.mark.spec("RFC 6750", "3.1")
@each("end", [end for end, _error, _status in ENDS if end is not take_grant], ids=lambda e: e.__name__)
def test_what_may_not_be_refreshed_may_not_be_used(driver: Driver, end: Any) -> None:
    tokens = driver.tokens()
    assert ledger.is_good(tokens["access_token"])
    end(driver)
    assert not ledger.is_good(tokens["access_token"])
