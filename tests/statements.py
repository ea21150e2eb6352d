"""Statements that a request costs: BEGIN and COMMIT are counted, Django's own of the session and its user are not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext


def is_djangos(statement: str) -> bool:
    """Does it read the session, or the user of the session?"""
    tables = (Session._meta.db_table, get_user_model()._meta.db_table)
    return any(f'FROM "{table}"' in statement for table in tables) and "JOIN" not in statement


def cost(act: Callable[[], Any]) -> list[str]:
    """The statements of ``act``."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries if not is_djangos(query["sql"])]


@contextmanager
def costing(budget: int) -> Iterator[None]:
    """Fails with the statements unless there are exactly ``budget``."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured.captured_queries if not is_djangos(query["sql"])]
    assert len(statements) == budget, "\n".join(statements)
