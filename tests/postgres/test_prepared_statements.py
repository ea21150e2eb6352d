"""Hot statements that the server keeps prepared: where it is safe, and never another client's."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.utils import ConnectionHandler
from django.test.utils import CaptureQueriesContext

from oauth_provider.sql import prepared
from oauth_provider.sql.cursor import KEPT, fetch
from oauth_provider.sql.prepared import KeptCursors
from tests.pooler import behind, pgbouncer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

SQL = "SELECT %s::text, pg_backend_pid()"
PREPARED = "SELECT name, statement FROM pg_prepared_statements WHERE name LIKE 'oauth\\_%%'"


def opened() -> Any:
    return connections[DEFAULT_DB_ALIAS]


def kept() -> KeptCursors:
    found: KeptCursors = vars(opened().connection)[KEPT]
    return found


def statements() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(PREPARED, [])
        return cursor.fetchall()


def ask(times: int = 3, sql: str = SQL) -> list[Any]:
    return [fetch(opened(), sql, (f"{number}",))[0][0] for number in range(times)]


@pytest.fixture
def _kept_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        behind(patched, CONN_MAX_AGE=None)
        yield
        connections.close_all()


@pytest.fixture
def _believes_any_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a pooler that forwards the pid of the session."""
    monkeypatch.setattr(prepared, "is_its_own_session", lambda connection: True)


@pytest.mark.usefixtures("_kept_connection")
class TestWithoutAPooler:
    """On a connection that is kept."""

    def test_a_statement_is_prepared_the_second_time(self) -> None:
        ask(1)
        assert statements() == []
        assert ask(3) == ["0", "1", "2"]
        ((name, statement),) = statements()
        assert statement == "SELECT $1::text, pg_backend_pid()"
        assert name.startswith("oauth_")
        assert len(name) < 64

    def test_parameters_of_other_types_make_another_statement(self) -> None:
        sql = "SELECT %s + 1"  # psycopg sends a number as the smallest integer that holds it
        for number in (1, 1, 100_000, 100_000, None, 1):
            assert fetch(opened(), sql, (number,)) == [(None if number is None else number + 1,)]
        assert len(statements()) == 3

    def test_whoever_looks_on_sees_the_statement_with_its_parameters(self) -> None:
        ask(3)
        seen: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.append(sql)
            return execute(sql, params, many, context)

        with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(watch):
            ask(1)
        assert seen == [SQL]
        assert [one["sql"] for one in captured.captured_queries] == ["SELECT '0'::text, pg_backend_pid()"]

    def test_within_a_transaction_nothing_may_be_refused(self) -> None:
        ask(3)
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        with transaction.atomic():
            assert ask(2) == ["0", "1"]
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            assert ask(2) == ["0", "1"]
            cursor.execute("ROLLBACK")
        assert statements() == []

    @pytest.mark.parametrize("lost", ["DEALLOCATE ALL", "DISCARD ALL"])
    def test_statements_that_were_taken_away_are_run_plainly_from_then_on(self, lost: str) -> None:
        ask(3)
        with connection.cursor() as cursor:
            cursor.execute(lost)
        assert ask(3) == ["0", "1", "2"]
        assert statements() == []
        assert kept()._may_prepare is False

    def test_a_name_that_is_taken_ends_preparing(self) -> None:
        ask(2)
        ((name, statement),) = statements()
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(f'PREPARE "{name}" (text) AS {statement}')
        assert ask(3) == ["0", "1", "2"]
        assert kept()._may_prepare is False

    def test_a_column_that_changed_its_type_is_read_anew(self) -> None:
        sql = "SELECT value FROM kept_statement WHERE %s = '1'"
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept_statement AS SELECT 1 AS value")
        try:
            for _ in range(3):
                assert fetch(opened(), sql, ("1",)) == [(1,)]
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE kept_statement ALTER value TYPE text")
            for _ in range(3):
                assert fetch(opened(), sql, ("1",)) == [("1",)]
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE kept_statement")

    def test_an_error_of_the_statement_itself_ends_nothing(self) -> None:
        sql = "SELECT 1 / %s::text::integer"
        fetch(opened(), sql, ("1",))
        for _ in range(2):
            with pytest.raises(Exception, match="division by zero"):
                fetch(opened(), sql, ("0",))
        ask(2)
        assert len(statements()) == 2
        assert fetch(opened(), sql, ("1",)) == [(1,)]

    def test_what_is_prepared_survives_djangos_own_connection(self) -> None:
        """As in Django's pool, and under ASGI, where each request has a connection of Django's of its own."""
        ask(3)
        first, cursors = opened(), kept()
        second = first.copy()
        second.ensure_connection()
        own, second.connection = second.connection, first.connection
        try:
            assert fetch(second, SQL, ("a",))[0][0] == "a"
            assert kept() is cursors
            assert len(statements()) == 1
        finally:
            second.connection = own
            second.close()

    def test_there_is_an_end_to_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(prepared, "MAX_STATEMENTS", 1)
        other = "SELECT %s::text || pg_backend_pid() WHERE false"
        ask(3)
        for _ in range(3):
            assert fetch(opened(), other, ("a",)) == []
        assert len(statements()) == 1


class TestWhereItIsNotPrepared:
    """For lack of use, or because somebody decided otherwise."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"CONN_MAX_AGE": 0},
            {"CONN_MAX_AGE": None, "DISABLE_SERVER_SIDE_CURSORS": True},
            {"CONN_MAX_AGE": None, "OPTIONS": {"prepare_threshold": 5}},
        ],
    )
    def test_connection(self, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]) -> None:
        behind(monkeypatch, **changed)
        assert ask(5) == [str(number) for number in range(5)]
        assert statements() == []
        connections.close_all()

    def test_setting(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "PREPARE_STATEMENTS": "off"}
        behind(monkeypatch, CONN_MAX_AGE=None)
        ask(5)
        assert statements() == []
        connections.close_all()


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
