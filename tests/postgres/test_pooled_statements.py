"""Hot statements behind PgBouncer, which lends the sessions of the server: nobody runs another client's."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from oauth_provider.sql import prepared
from oauth_provider.sql.cursor import KEPT, fetch
from tests.pooler import pgbouncer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

PREPARED = "SELECT name, statement FROM pg_prepared_statements WHERE name LIKE 'oauth\\_%%'"


@pytest.fixture
def _believes_any_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a pooler that forwards the pid of the session."""
    monkeypatch.setattr(prepared, "is_its_own_session", lambda connection: True)


@pytest.fixture
def pooled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Open connections through a PgBouncer that lends two sessions to everybody."""
    settings = {**connection.settings_dict, "CONN_MAX_AGE": None}
    clients: list[Any] = []
    with pgbouncer(tmp_path, pool_mode="transaction", sessions=2) as port:

        def client() -> Any:
            found: Any = ConnectionHandler({"default": {**settings, "PORT": port}})["default"]
            found.inc_thread_sharing()
            clients.append(found)
            return found

        yield client
        for one in clients:
            one.close()


class Turns:
    """Which of the two sessions is free, and so runs the next statement: each is held by a client of its own."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self.holders = [client(), client()]
        self.pids = [self._hold(holder) for holder in self.holders]

    def _hold(self, holder: Any) -> int:
        with holder.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        return int(pid)

    @contextmanager
    def at(self, place: int) -> Iterator[None]:
        """Let everybody run in one session."""
        with self.holders[place].cursor() as cursor:
            cursor.execute("COMMIT")
        yield
        assert self._hold(self.holders[place]) == self.pids[place]


FIRST, SECOND = "SELECT %s::text, 'first'", "SELECT %s::text, 'second'"


def run_in_the_session_of_another(client: Callable[[], Any]) -> list[Any]:
    """Two clients prepare a statement each, in a session each; one runs its own where the other was before."""
    turns, one, other = Turns(client), client(), client()
    with turns.at(0):
        assert [fetch(one, FIRST, ("a",)) for _ in range(3)] == [[("a", "first")]] * 3
    with turns.at(1):
        assert [fetch(other, SECOND, ("b",)) for _ in range(3)] == [[("b", "second")]] * 3
    with turns.at(0):
        return [fetch(other, SECOND, ("c",)), fetch(other, SECOND, ("d",)), fetch(one, FIRST, ("e",))]


RIGHT = [[("c", "second")], [("d", "second")], [("e", "first")]]


class TestBehindAPooler:
    """PgBouncer by transaction, which lends the sessions of the server to whoever asks."""

    def test_the_pid_shows_it_and_nothing_is_prepared(self, pooled: Callable[[], Any]) -> None:
        client = pooled()
        for _ in range(3):
            assert fetch(client, FIRST, ("a",)) == [("a", "first")]
        with client.cursor() as cursor:
            cursor.execute(PREPARED, [])
            assert cursor.fetchall() == []

    @pytest.mark.usefixtures("_believes_any_session")
    def test_where_the_pid_does_not_show_it_nobody_runs_the_statement_of_another(
        self, pooled: Callable[[], Any]
    ) -> None:
        assert run_in_the_session_of_another(pooled) == RIGHT

    @pytest.mark.usefixtures("_believes_any_session")
    def test_names_that_merely_count_would_have_run_it(
        self, pooled: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So the test above finds what it is to find."""
        monkeypatch.setattr(prepared, "name_of", lambda sql, types: b"oauth_0")
        assert run_in_the_session_of_another(pooled)[0] == [("c", "first")]

    @pytest.mark.usefixtures("_believes_any_session")
    def test_a_statement_that_another_has_prepared_there_is_not_prepared_again(self, pooled: Callable[[], Any]) -> None:
        turns, one, other = Turns(pooled), pooled(), pooled()
        with turns.at(0):
            for client in (one, other, one, other, one, other):
                assert fetch(client, FIRST, ("a",)) == [("a", "first")]
        assert [vars(client.connection)[KEPT]._may_prepare for client in (one, other)] == [True, False]

    @pytest.mark.usefixtures("_believes_any_session")
    def test_many_at_once_each_get_their_own_answers(self, pooled: Callable[[], Any]) -> None:
        wrong: list[Any] = []

        def run(place: int, client: Any) -> None:
            for number in range(60):
                name = ("first", "second", "third")[(place + number // 20) % 3]
                found = fetch(client, f"SELECT %s::text, '{name}'", (f"{place} {number}",))
                if found != [(f"{place} {number}", name)]:
                    wrong.append(found)

        threads = [threading.Thread(target=run, args=(place, pooled())) for place in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
