"""Replays of what was revoked before: counted, and told once a minute however many there are."""

import logging
import time

import pytest

from oauth_provider.events.replay_count import PAUSE, ReplayCount


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_many_replays_within_a_minute_are_one_line_and_the_next_tells_how_many(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "oauth_provider.events")
    count, begun = ReplayCount(), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: begun)
    for _ in range(5):
        count.add()
    assert [line.split()[0] for line in told(caplog)] == ["1"]
    monkeypatch.setattr(time, "monotonic", lambda: begun + PAUSE)
    count.add()
    assert [line.split()[0] for line in told(caplog)] == ["1", "5"]


def test_the_first_replay_is_told_at_once_on_a_machine_that_has_just_started(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "oauth_provider.events")
    monkeypatch.setattr(time, "monotonic", lambda: 1.0)
    ReplayCount().add()
    assert len(told(caplog)) == 1
