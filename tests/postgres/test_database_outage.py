"""PostgreSQL as it really goes away (RFC 9110 §15.6.4): a killed backend, a read-only server, none at all."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import path

from oauth_provider.resource_server import database_outage
from oauth_provider.resource_server.database_outage import Reporter
from oauth_provider.resource_server.views import requires_scopes
from tests import ledger
from tests.driver import Driver, signed_in
from tests.urls import urlpatterns as project_urls

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.urls(__name__),
    pytest.mark.django_db(transaction=True),
    pytest.mark.spec("RFC 9110", "15.6.4"),
]


@pytest.fixture(autouse=True)
def _own_reporter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_outage, "reporter", Reporter())


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(policy={"may_introspect": True})
    driver.tokens()  # the first use of its secret is noted
    return driver


@pytest.fixture(autouse=True)
def _own_connection() -> Iterator[None]:
    yield
    connection.close()  # with whatever was set on it


def comes_back(response: Any) -> None:
    assert (response.status_code, response.json()["error"]) == (503, "temporarily_unavailable")
    assert response["Retry-After"] == "10"


def end_of_request() -> None:
    """What Django does between two requests, and its test client leaves out."""
    for one in connections.all():
        one.close_if_unusable_or_obsolete()


def kill_backend() -> None:
    """As an operator does, or a restart of the server."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@requires_scopes("notes:read")
def notes(request: Any) -> Any:
    raise AssertionError("Nobody comes here.")


urlpatterns = [*project_urls, path("notes", notes)]


def guarded(token: str) -> Any:
    response = notes(RequestFactory().get("/notes", headers={"Authorization": f"Bearer {token}"}))
    response.json = partial(json.loads, response.content)
    return response


def test_a_killed_backend_costs_one_answer(driver: Driver) -> None:
    tokens = driver.tokens()
    access_token, refresh_token = tokens["access_token"], tokens["refresh_token"]
    for call in (
        lambda: driver.refresh(refresh_token),
        lambda: driver.introspect(access_token),
        lambda: driver.revoke("unknown"),
        driver.push,
        lambda: guarded(access_token),
    ):
        kill_backend()
        comes_back(call())
        end_of_request()
    assert driver.introspect(access_token).json()["active"]
    assert driver.refresh(refresh_token).status_code == 200


def test_a_killed_backend_is_a_page_to_people(driver: Driver) -> None:
    kill_backend()
    response = driver.authorize()
    assert response.status_code == 503
    assert "Try again" in response.content.decode()
    end_of_request()
    assert driver.code()


def test_a_read_only_server_answers_what_needs_no_write(driver: Driver) -> None:
    tokens = driver.tokens()
    code = driver.code()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with ledger.unchanged():
        comes_back(driver.redeem(code))
        comes_back(driver.refresh(tokens["refresh_token"]))
        comes_back(driver.push())
        comes_back(driver.revoke(tokens["refresh_token"]))
    assert driver.introspect(tokens["access_token"]).json()["active"]
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
    assert driver.redeem(code).status_code == 200
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


def test_no_server_at_all(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    access_token = driver.tokens()["access_token"]
    connection.close()
    with monkeypatch.context() as elsewhere:
        elsewhere.setitem(connection.settings_dict, "PORT", "1")
        comes_back(driver.introspect(access_token))
        comes_back(guarded(access_token))
        assert driver.authorize().status_code == 503
    assert driver.introspect(access_token).json()["active"]


def test_a_row_that_stays_locked_is_come_back_for(driver: Driver) -> None:
    code = driver.code()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20ms'")
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT * FROM oauth_provider_authorization FOR UPDATE")
        comes_back(driver.redeem(code))
    assert driver.redeem(code).status_code == 200


def test_a_guarded_view_in_a_transaction_of_the_request_answers_as_well(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    access_token = driver.tokens()["access_token"]
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    kill_backend()
    comes_back(Browser().get("/notes", headers={"Authorization": f"Bearer {access_token}"}))
    assert not connection.in_atomic_block
