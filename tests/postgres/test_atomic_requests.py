"""Under ``ATOMIC_REQUESTS`` the endpoints own their transactions all the same (RFC 6749 §4.1.2, RFC 9700 §4.14.2)."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.urls import path

from oauth_provider.models import Authorization, Consent
from tests import ledger
from tests.driver import METADATA, Driver, query_of
from tests.factories import ApplicationFactory, UserFactory
from tests.urls import urlpatterns as project_urls

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls(__name__),
]


def create_and_fail(request: HttpRequest) -> HttpResponse:
    """What the setting is for."""
    assert connection.in_atomic_block
    UserFactory()
    raise ValueError


urlpatterns = [*project_urls, path("fail", create_and_fail)]


@pytest.fixture(autouse=True)
def _atomic_requests(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)


@pytest.fixture
def driver() -> Driver:
    driver = Driver(ApplicationFactory(policy={"may_introspect": True}))
    driver.sign_in(UserFactory())
    return driver


def committed(driver: Driver, token: str) -> bool:
    """Is ``token`` alive in the eyes of another connection?"""
    connection.close()
    active: bool = driver.introspect(token).json()["active"]
    return active


def test_the_setting_is_on(driver: Driver) -> None:
    before = get_user_model().objects.count()
    driver.browser.raise_request_exception = False
    assert driver.browser.get("/fail").status_code == 500
    assert get_user_model().objects.count() == before


def test_a_whole_flow_works(driver: Driver) -> None:
    tokens = driver.tokens()
    tokens = driver.refresh(tokens["refresh_token"]).json()
    assert committed(driver, tokens["access_token"])
    assert driver.revoke(tokens["access_token"]).status_code == 200
    assert not committed(driver, tokens["access_token"])
    assert driver.browser.get(METADATA).status_code == 200


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_what_the_refusal_of_a_replayed_code_revoked_stays_revoked(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    assert committed(driver, tokens["access_token"])
    assert driver.redeem(code).json()["error"] == "invalid_grant"
    assert not committed(driver, tokens["access_token"])
    assert not committed(driver, tokens["refresh_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_what_the_refusal_of_a_replayed_refresh_token_revoked_stays_revoked(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    second = driver.refresh(first).json()["refresh_token"]
    third = driver.refresh(second).json()
    with ledger.later(61):
        assert driver.refresh(first).json()["error"] == "invalid_grant"
    assert not committed(driver, third["access_token"])
    assert not committed(driver, third["refresh_token"])


def test_a_refusal_that_revokes_nothing_leaves_nothing(driver: Driver) -> None:
    code = driver.code()
    before = list(Authorization.objects.values())
    assert driver.redeem(code, code_verifier="x" * 43).status_code == 400
    connection.close()
    assert list(Authorization.objects.values()) == before
    assert driver.redeem(code).status_code == 200


def test_a_decision_is_kept_though_its_page_is_asked_for_again(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    answers: list[Any] = [driver.decide(page) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert driver.decide(page, "deny").status_code == 400
    connection.close()
    assert Consent.objects.count() == Authorization.objects.count() == 1
    assert driver.redeem(query_of(answers[0]["Location"])["code"]).status_code == 200
