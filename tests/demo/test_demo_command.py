"""``manage.py demo``: one command starts every server, and none is left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demo.fleet import PATIENCE, Fleet, is_listening, metadata_of, prepared, start
from tests.demo.server import wait_for

pytestmark = pytest.mark.xdist_group("fleet")


@pytest.fixture(scope="module")
def ashore(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A demo that is not running."""
    return prepared(tmp_path_factory.mktemp("ashore"))


def places(fleet: Fleet) -> list[str]:
    """Where its servers are."""
    return [f"http://{fleet.demo.address}/", f"{fleet.photos}/", metadata_of(fleet.assistant)]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda process: os.killpg(process.pid, signal.SIGINT), id="Ctrl-C in the terminal"),
        pytest.param(lambda process: process.send_signal(signal.SIGINT), id="SIGINT for the command alone"),
        pytest.param(lambda process: process.send_signal(signal.SIGTERM), id="SIGTERM"),
    ],
)
def test_all_begin_and_all_end(ashore: Fleet, tmp_path: Path, end: Callable[[subprocess.Popen[bytes]], None]) -> None:
    """Status 0, no traceback, nobody listens any more."""
    log = tmp_path / "log"
    with log.open("w") as output:
        process = start(ashore, output)
        for place in places(ashore):
            wait_for(place, log)
        end(process)
        assert process.wait(PATIENCE) == 0

    assert [place for place in places(ashore) if is_listening(place)] == []
    assert "Traceback" not in log.read_text()


def test_a_server_that_cannot_begin_ends_the_others_and_is_named(fleet: Fleet, ashore: Fleet, tmp_path: Path) -> None:
    """Its port is taken by somebody else's demo."""
    taken = Fleet(
        type(ashore.demo)({**ashore.demo.environment, "PHOTOS_URL": fleet.photos}, ashore.demo.database),
        ashore.described,
    )
    log = tmp_path / "log"
    with log.open("w") as output:
        assert start(taken, output).wait(PATIENCE) == 1

    assert "CommandError: The photos service ended by itself" in log.read_text()
    assert not is_listening(f"http://{ashore.demo.address}/")
    assert is_listening(fleet.photos)


def test_each_step_before_the_servers_is_told_and_a_second_run_finds_it_done(tmp_path: Path) -> None:
    fleet = prepared(tmp_path)
    fleet.demo.database.unlink()
    first, second = (output_until_ready(fleet, tmp_path / name) for name in ("first", "second"))
    told = ["making the tables", "migrations applied", "8 clients are made", "Open ", "starting 4", "Ready "]
    places = [first.find(words) for words in told]
    assert -1 not in places
    assert places == sorted(places)
    for words in ("demo.sqlite3 is up to date", "8 clients are there already", "Ready "):
        assert words in second
    assert "migrations" not in second


def output_until_ready(fleet: Fleet, log: Path) -> str:
    """What the command prints until all servers answer; then Ctrl-C."""
    with log.open("w") as output:
        process = start(fleet, output)
        try:
            for _ in range(600):
                if "Ready " in log.read_text() or process.poll() is not None:
                    break
                time.sleep(0.2)
        finally:
            process.send_signal(signal.SIGINT)
            status = process.wait(PATIENCE)
    assert status == 0, log.read_text()
    return log.read_text()
