"""The ledger: every row of our tables and of DOT's tokens, to show what an exchange left behind, or did not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connection
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.sql import clock as database_clock
from oauth_provider.tokens.verifier import verify

# Noted at most once an hour by whoever authenticates; nothing is issued, stored or spent by it.
NOTED = {"last_used_at"}

Row = dict[str, Any]


@cache
def tables() -> tuple[str, ...]:
    """The name of each table."""
    models = [*apps.get_app_config("oauth_provider").get_models(), access_token_model(), refresh_token_model()]
    return tuple(model._meta.db_table for model in (*models, application_model()))


def read() -> dict[str, list[Row]]:
    """Each table's name with all its rows, as the database has them."""
    quote, found = connection.ops.quote_name, {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT * FROM {quote(table)} ORDER BY 1")
            names = [column[0] for column in cursor.description]
            rows = (zip(names, row, strict=True) for row in cursor.fetchall())
            found[table] = [{name: value for name, value in row if name not in NOTED} for row in rows]
    return found


def counts() -> dict[str, int]:
    """Each table's name with the number of its rows."""
    return {table: len(rows) for table, rows in read().items()}


def text() -> str:
    """Everything that stands in any column of any of the tables."""
    return "\n".join(str(value) for rows in read().values() for row in rows for value in row.values())


@contextmanager
def unchanged() -> Iterator[None]:
    """Nothing is issued, stored or spent inside."""
    before = read()
    yield
    assert read() == before


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """So many seconds later, for servers and database: for everything that asks Django or the system for the time."""
    import time

    now, clock = timezone.now, time.time
    with (
        patch.object(timezone, "now", lambda: now() + timedelta(seconds=seconds)),
        patch.object(time, "time", lambda: clock() + seconds),
    ):
        yield


@contextmanager
def skewed(seconds: float) -> Iterator[None]:
    """On a server whose clock is so many seconds ahead of the database's. It has read nothing there yet."""
    clock = database_clock.server_clock
    with (
        later(seconds),
        patch.object(database_clock, "server_clock", lambda: clock() + seconds),
        patch.dict(database_clock._ahead, clear=True),
    ):
        yield


def is_good(access_token: str) -> bool:
    """Would our verifier accept this access token?"""
    try:
        return verify(access_token) is not None
    except InvalidToken:
        return False


def is_over(access_token: str) -> bool:
    """Do all readers of DOT's table see this access token dead, who know nothing of ours?"""
    row = access_token_model()._base_manager.filter(token_checksum=digest(access_token)).first()
    return row is None or row.expires <= timezone.now()


def refused(response: Any, error: str, status: int = 400) -> None:
    """``response`` is this OAuth error in JSON, never to be stored, and tells nothing else."""
    assert (response.status_code, response.json().get("error")) == (status, error), response.content
    assert set(response.json()) <= {"error", "error_description"}
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json().get("error_description", "").isascii()


def is_error_page(response: Any, error: str = "invalid_request", status: int = 400) -> None:
    """``response`` is our page about ``error``, and sends the browser nowhere."""
    assert response.status_code == status
    assert not response.has_header("Location")
    assert response["Content-Type"].startswith("text/html")
    assert f"<code>{error}</code>" in response.content.decode()
