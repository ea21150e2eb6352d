"""The hot paths call no more Python functions than they did, and no fewer either: a pin must be true to be of use."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from benchmarks.operations import Driver
from benchmarks.server import Reply, Server
from benchmarks.subjects import SUBJECTS
from tests import call_counts
from tests.factories import UserFactory
from tests.trip import Trip, described, travel

OPERATIONS = ("guarded", "client_credentials", "code", "refresh", "introspection")
WARM_UP = 3


def reason_to_skip() -> str:
    """Numbers of one project are not those of another."""
    pins = call_counts.pinned()
    if call_counts.pair() != pins["pair"]:
        return f"call counts are pinned for {pins['pair']}, not for {call_counts.pair()}"
    if connection.vendor not in pins["calls"] or settings.SETTINGS_MODULE != "tests.settings":
        return "call counts are pinned for tests.settings on SQLite and PostgreSQL"
    return ""


@pytest.fixture
def _kept_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """To open one for each request calls more functions than the request, and varies."""
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
        connection.close()
        yield
    connection.close()


@pytest.fixture
def driver(_kept_connection: None) -> Driver:
    """The client of the benchmarks, in the same project as all other tests."""
    subject = SUBJECTS["ours"]
    browser = Browser(headers={"host": "api.example.com"})
    browser.force_login(UserFactory())
    app, service = (subject.create_client(kind) for kind in ("authorization-code", "client-credentials"))
    return Driver(subject, Server(), browser.cookies["sessionid"].value, app, app, service)


def warmed_up(driver: Driver, operation: str) -> Callable[[], Reply]:
    """One request, when all that is made once is made."""
    *warm_up, flow = driver.flows(operation, WARM_UP + 1)
    for first in warm_up:
        first(driver.server).require()
    return lambda: flow(driver.server).require()


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("benchmarks.urls_ours")
@pytest.mark.xdist_group("call counts")
@pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip())
def test_a_request_calls_as_many_functions_as_are_pinned(driver: Driver) -> None:
    counted = {operation: call_counts.calls(warmed_up(driver, operation)) for operation in OPERATIONS}
    if call_counts.COUNTED in os.environ:
        found = {"vendor": connection.vendor, "calls": counted}
        Path(os.environ[call_counts.COUNTED]).write_text(json.dumps(found))
    expected: dict[str, Any] = call_counts.pinned()["calls"][connection.vendor]
    assert counted == {
        operation: pytest.approx(number, rel=call_counts.TOLERANCE) for operation, number in expected.items()
    }, "Is it meant? Then: python -m tests.call_counts --pin"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("benchmarks.urls_ours")
@pytest.mark.xdist_group("call counts")
@pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip())
@pytest.mark.parametrize("operation", ["code", "refresh", "guarded"])
def test_a_request_reads_in_one_direction(driver: Driver, operation: str) -> None:
    trip = travel(warmed_up(driver, operation))
    sys.stdout.write(f"\n{described(operation, trip)}")
    limits: dict[str, int] = call_counts.pinned()["trips"][operation]
    taken = {"calls": trip.calls, "files": len(trip.files), "crossings": trip.crossings.total()}
    assert {name: number for name, number in taken.items() if number > limits[name]} == {}
    assert not trip.climbs


def test_a_trip_counts_what_it_passes() -> None:
    trip = Trip()
    trip.enter("endpoints/token.py", None)
    trip.enter("grants/exchange.py", "endpoints/token.py")
    trip.enter("grants/table.py", "grants/exchange.py")
    trip.enter("resource_server/token.py", "grants/table.py")
    assert (trip.calls, len(trip.files), trip.crossings.total(), trip.climbs.total()) == (4, 4, 2, 0)
    trip.enter("grants/exchange.py", "sql/commit.py")
    assert trip.climbs == {("sql/commit.py", "grants/exchange.py"): 1}


def test_every_call_counts() -> None:
    def twice() -> None:
        one()
        one()

    def one() -> None:
        len("not a Python function")

    assert call_counts.calls(twice) == 3
