"""The database's clock, where it is the server's own, and where an answer is slow."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.sql import clock as database_clock
from oauth_provider.sql.clock import database_now, note_time

BEGUN = 1_800_000_000.0


@pytest.fixture(autouse=True)
def _server_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_clock, "server_clock", lambda: BEGUN)
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(BEGUN, UTC))
    monkeypatch.setattr(database_clock, "_ahead", {})


def ahead(using: str) -> float:
    return database_now(using).timestamp() - BEGUN


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own")
def test_sqlite_reads_the_clock_of_this_process_and_is_asked_nothing() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert ahead("default") == 0
    assert captured.captured_queries == []


def test_clocks_that_differ_by_less_than_a_second_are_the_same() -> None:
    note_time("default", BEGUN, BEGUN - 0.9)
    assert ahead("default") == 0


@pytest.mark.parametrize("told", [0.0, 5.0, 9.9], ids=["told before it waited", "while", "after"])
def test_an_answer_that_was_slow_moves_no_clock(told: float) -> None:
    note_time("default", BEGUN - 10, BEGUN - 10 + told)
    assert ahead("default") == 0


def test_a_difference_is_kept_until_another_is_seen() -> None:
    note_time("default", BEGUN, BEGUN + 30)
    assert ahead("default") == 30
    note_time("default", BEGUN, BEGUN + 29.5)
    assert ahead("default") == 30
    note_time("default", BEGUN, BEGUN)
    assert ahead("default") == 0


def test_each_database_has_a_clock_of_its_own() -> None:
    note_time("default", BEGUN, BEGUN)
    note_time("other", BEGUN, BEGUN - 30)
    assert (ahead("default"), ahead("other")) == (0, -30)
