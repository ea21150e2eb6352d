"""Cursors that are kept: Django, and whoever watches it, sees each statement as ever."""

import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext

from oauth_provider.sql.cursor import KEPT, fetch

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

SQL = "SELECT %s + 1, pg_backend_pid()"


def opened() -> Any:
    """The connection of this thread itself; ``django.db.connection`` stands for it."""
    return connections[DEFAULT_DB_ALIAS]


def kept() -> Any:
    """Django's cursor below its wrapper, and the session that it belongs to."""
    return vars(opened().connection)[KEPT]._cursors[SQL][0]


def test_a_statement_keeps_its_cursor() -> None:
    fetch(opened(), SQL, (1,))
    first = kept()
    ((two, _session),) = fetch(opened(), SQL, (1,))
    assert two == 2
    assert kept() is first


def test_a_connection_that_was_opened_anew_has_new_ones() -> None:
    ((_two, before),) = fetch(opened(), SQL, (1,))
    first = kept()
    connection.close()
    ((_two, after),) = fetch(opened(), SQL, (1,))
    assert before != after
    assert kept() is not first


def test_a_connection_that_was_lost_is_noticed_as_ever() -> None:
    ((_two, session),) = fetch(opened(), SQL, (1,))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [session])
    other.close()
    with pytest.raises(DatabaseError):
        fetch(opened(), SQL, (1,))
    connection.close_if_unusable_or_obsolete()
    assert fetch(opened(), SQL, (1,))[0][0] == 2


def test_another_zone_has_another_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(opened(), SQL, (1,))
    first = kept()
    with monkeypatch.context() as patched:
        patched.setattr(opened(), "timezone", ZoneInfo("Asia/Kolkata"))
        fetch(opened(), SQL, (1,))
        second = kept()
    fetch(opened(), SQL, (1,))
    assert len({first, second, kept()}) == 3


def test_it_is_logged_and_passes_every_wrapper() -> None:
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(watch):
        fetch(opened(), SQL, (1,))
    assert seen == [SQL]
    assert captured.captured_queries[0]["sql"] == "SELECT 1 + 1, pg_backend_pid()"


def test_whoever_put_a_cursor_of_their_own_in_its_place_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As django-debug-toolbar does, and Django's own tests that forbid a database."""
    original, seen = opened().cursor, []

    def cursor(*args: Any, **kwargs: Any) -> Any:
        seen.append(args)
        return original(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(opened(), "cursor", cursor)
        assert fetch(opened(), SQL, (1,))[0][0] == 2
    assert seen == [()]


class Proxy:
    """As the wrappers of monitoring tools are, which pass on every attribute of what they wrap."""

    def __init__(self, wrapped: Any, seen: list[str]) -> None:
        self.wrapped, self.seen = wrapped, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.seen.append(self.wrapped.__name__)
        return self.wrapped(*args, **kwargs)


def test_a_proxy_for_the_connections_method_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setitem(vars(opened()), "cursor", Proxy(opened().cursor, seen))
    assert fetch(opened(), SQL, (1,))[0][0] == 2
    assert seen == ["cursor"]


@pytest.mark.parametrize("name", ["execute", "_execute", "_execute_with_wrappers"])
def test_whoever_put_a_function_of_their_own_into_djangos_wrapper_sees_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    original, seen = getattr(CursorWrapper, name), []

    def watching(*args: Any, **kwargs: Any) -> Any:
        seen.append(name)
        return original(*args, **kwargs)

    monkeypatch.setattr(CursorWrapper, name, watching)
    assert fetch(opened(), SQL, (1,))[0][0] == 2
    assert seen == [name]


def test_a_backend_that_makes_its_cursors_itself_makes_each() -> None:
    """As those do that choose the schema of a tenant before the first statement of a request."""
    wrapper, backend = opened(), type(opened())

    class Tenants(backend):  # type: ignore[misc]  # whatever the project's database is
        tenant, is_chosen = "public", True

        def _cursor(self, name: str | None = None) -> Any:
            cursor = super()._cursor(name)
            if not self.is_chosen:
                self.is_chosen = True
                cursor.execute(f"SET search_path = {self.tenant}")
            return cursor

    def schema() -> str:
        ((name,),) = fetch(opened(), "SELECT current_setting('search_path') WHERE %s = 1", (1,))
        return str(name)

    before = schema()
    wrapper.__class__ = Tenants
    try:
        for tenant in ("of_another", before):
            wrapper.tenant, wrapper.is_chosen = tenant, False
            assert schema() == tenant
    finally:
        wrapper.__class__ = backend


def test_the_same_statement_within_itself_has_its_own_rows() -> None:
    inner: list[Any] = []

    def ask_again(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if not inner:
            inner.append(None)
            inner.append(fetch(opened(), SQL, (20,))[0][0])
        return result

    fetch(opened(), SQL, (1,))
    with connection.execute_wrapper(ask_again):
        assert fetch(opened(), SQL, (10,))[0][0] == 11
    assert inner == [None, 21]


def test_an_error_is_djangos_and_the_next_statement_is_none_the_worse() -> None:
    for _first_and_again in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            fetch(opened(), SQL, ("no number",))
        assert fetch(opened(), SQL, (1,))[0][0] == 2


def test_a_constraint_is_an_integrity_error() -> None:
    sql = "INSERT INTO django_content_type (app_label, model) VALUES (%s, %s) RETURNING id"
    with transaction.atomic():
        fetch(opened(), sql, ("kept", "cursor"))
        with pytest.raises(IntegrityError), transaction.atomic():
            fetch(opened(), sql, ("kept", "cursor"))
        transaction.set_rollback(True)


def test_a_connection_is_its_threads_own() -> None:
    raised: list[Exception] = []

    def use() -> None:
        try:
            fetch(connection_of_the_test, SQL, (1,))
        except DatabaseError as error:
            raised.append(error)

    fetch(opened(), SQL, (1,))
    connection_of_the_test = opened()
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "thread" in str(raised[0])


def test_a_method_that_was_put_back_is_the_connections_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's test cases leave it in the instance, once they have forbidden it and allowed it again."""
    monkeypatch.setitem(vars(opened()), "cursor", opened().cursor)
    connection.close()
    fetch(opened(), SQL, (1,))
    assert kept()
