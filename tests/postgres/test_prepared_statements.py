"""Hot statements that the server keeps prepared: where it is safe, and never another client's."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from oauth_provider.sql import prepared
from oauth_provider.sql.cursor import KEPT, fetch
from oauth_provider.sql.prepared import KeptCursors
from tests.pooler import behind

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
