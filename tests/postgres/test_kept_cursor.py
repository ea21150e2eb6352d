"""Cursors that are kept: Django, and whoever watches it, sees each statement as ever."""

import threading
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from oauth_provider.models.kept_cursor import fetch

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

SQL = "SELECT %s + 1, pg_backend_pid()"


def kept() -> Any:
    """Django's cursor below its wrapper, and the session that it belongs to."""
    return vars(connection)["_oauth_kept_cursors"][SQL][0]


def test_a_statement_keeps_its_cursor() -> None:
    fetch(connection, SQL, (1,))
    first = kept()
    ((two, _session),) = fetch(connection, SQL, (1,))
    assert two == 2
    assert kept() is first


def test_a_connection_that_was_opened_anew_has_new_ones() -> None:
    ((_two, before),) = fetch(connection, SQL, (1,))
    first = kept()
    connection.close()
    ((_two, after),) = fetch(connection, SQL, (1,))
    assert before != after
    assert kept() is not first


def test_a_connection_that_was_lost_is_noticed_as_ever() -> None:
    ((_two, session),) = fetch(connection, SQL, (1,))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [session])
    other.close()
    with pytest.raises(DatabaseError):
        fetch(connection, SQL, (1,))
    connection.close_if_unusable_or_obsolete()
    assert fetch(connection, SQL, (1,))[0][0] == 2


def test_another_zone_has_another_cursor() -> None:
    fetch(connection, SQL, (1,))
    first = kept()
    with patch.dict(vars(connection), {"timezone": object()}), patch.object(connection, "create_cursor") as create:
        create.return_value.connection = connection.connection
        create.return_value.fetchall.return_value = []
        fetch(connection, SQL, (1,))
    fetch(connection, SQL, (1,))
    assert kept() is not first


def test_it_is_logged_and_passes_every_wrapper() -> None:
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(watch):
        fetch(connection, SQL, (1,))
    assert seen == [SQL]
    assert captured.captured_queries[0]["sql"] == "SELECT 1 + 1, pg_backend_pid()"


def test_whoever_put_a_cursor_of_their_own_in_its_place_sees_it() -> None:
    """As django-debug-toolbar does, and Django's own tests that forbid a database."""
    original, seen = connection.cursor, []

    def cursor(*args: Any, **kwargs: Any) -> Any:
        seen.append(args)
        return original(*args, **kwargs)

    with patch.dict(vars(connection), {"cursor": cursor}):
        assert fetch(connection, SQL, (1,))[0][0] == 2
    assert seen == [()]


def test_an_error_is_djangos_and_the_next_statement_is_none_the_worse() -> None:
    for _first_and_again in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            fetch(connection, SQL, ("no number",))
        assert fetch(connection, SQL, (1,))[0][0] == 2


def test_a_constraint_is_an_integrity_error() -> None:
    sql = "INSERT INTO django_content_type (app_label, model) VALUES (%s, %s) RETURNING id"
    with transaction.atomic():
        fetch(connection, sql, ("kept", "cursor"))
        with pytest.raises(IntegrityError), transaction.atomic():
            fetch(connection, sql, ("kept", "cursor"))
        transaction.set_rollback(True)


def test_a_connection_is_its_threads_own() -> None:
    raised: list[Exception] = []

    def use() -> None:
        try:
            fetch(connection_of_the_test, SQL, (1,))
        except DatabaseError as error:
            raised.append(error)

    fetch(connection, SQL, (1,))
    connection_of_the_test: Any = connection._connections[connection._alias]  # type: ignore[attr-defined]
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "thread" in str(raised[0])
