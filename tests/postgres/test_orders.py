"""Two verbs about one sign-in (RFC 9700 §4.14.2): whatever the order, it is as if one had come after the other.

Each reads before, and commits after, the whole of the other; or holds its transaction open after it has written, while
the other runs until it is done or has to wait.
"""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from psycopg import IsolationLevel

from tests.orders import VERBS, Pause, World, local, stopping

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.spec("RFC 9700", "4.14.2"),
]

PAIRS = list(itertools.combinations_with_replacement(VERBS, 2))
# Under SERIALIZABLE, those that write about the same rows.
WRITING = (
    "redeem",
    "rotate",
    "revoke",
    "adopt",
    "consent given",
    "consent withdrawn",
    "permission taken back",
    "silent answer",
)
PATIENCE = 60


@pytest.fixture(autouse=True)
def _swept_at_once(settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SWEEP_RETENTION": 0}


@pytest.fixture
def worker() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result(PATIENCE)


def one_after_the_other(*names: str) -> tuple[dict[str, Any], Any]:
    world = World.new()
    said = [VERBS[name](world) for name in names]
    return {
        f"{name} {names[:place].count(name)}": one for place, (name, one) in enumerate(zip(names, said, strict=True))
    }, world.state()


def one_within_the_other(
    outer: str, inner: str, worker: ThreadPoolExecutor, *, is_held: bool
) -> tuple[dict[str, Any], Any]:
    """What both answered, and the state, where ``outer`` stops once until ``inner`` is done or waits for it."""
    world = World.new()
    connection.ensure_connection()
    pause = Pause(is_held=is_held, session=connection.connection.info.backend_pid)

    def run() -> Any:
        local.pause = pause
        try:
            return VERBS[outer](world)
        finally:
            local.pause = None
            pause.reached.set()

    begun = worker.submit(run)
    try:
        assert pause.reached.wait(PATIENCE)
        inner_said = VERBS[inner](world)
    finally:
        pause.over.set()
    outer_said = begun.result(PATIENCE)
    return {f"{outer} 0": outer_said, f"{inner} {int(inner == outer)}": inner_said}, world.state()


def answers_of(found: dict[str, Any]) -> Any:
    """Sorted, since of two verbs of one name either may be the first."""
    return sorted((name.rsplit(" ", 1)[0], repr(said)) for name, said in found.items())


def holds(one: str, other: str, worker: ThreadPoolExecutor) -> None:
    serial = [
        (answers_of(said), state)
        for said, state in map(lambda names: one_after_the_other(*names), [(one, other), (other, one)])
    ]
    with stopping():
        for outer, inner in dict.fromkeys([(one, other), (other, one)]):
            for is_held in (False, True):
                said, state = one_within_the_other(outer, inner, worker, is_held=is_held)
                where = f"{inner} within {outer}, {'held open' if is_held else 'which had read'}"
                assert (answers_of(said), state) in serial, where


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_verbs_leave_what_they_leave_one_after_the_other(one: str, other: str, worker: ThreadPoolExecutor) -> None:
    holds(one, other, worker)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations_with_replacement(WRITING, 2)))
def test_so_they_do_under_serializable(
    one: str, other: str, worker: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = connections.settings["default"].setdefault("OPTIONS", {})
    monkeypatch.setitem(options, "isolation_level", IsolationLevel.SERIALIZABLE)
    connection.close()
    try:
        holds(one, other, worker)
    finally:
        connection.close()
