"""Commits in both forms, and what comes between the reading of a row and its writing.

``OAUTH_TEST_COMMIT=plain`` lets the whole run commit by Django's ORM, as it does where a project listens to its rows.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from oauth_provider.grants import exchange
from oauth_provider.sql import commit as commits

IS_PLAIN_RUN = os.environ.get("OAUTH_TEST_COMMIT") == "plain"
CAN_WRITE_AT_ONCE = connection.vendor == "postgresql" and not IS_PLAIN_RUN
PLAIN, AT_ONCE = "plain", "at once"

both_forms = pytest.mark.parametrize("form", [PLAIN, AT_ONCE] if CAN_WRITE_AT_ONCE else [PLAIN])
needs_statement = pytest.mark.skipif(IS_PLAIN_RUN, reason="is about commits of one statement")


def in_turn() -> Any:
    """Commit by Django's ORM inside."""
    return patch.object(commits, "can_write_at_once", lambda writes, using: False)


@contextmanager
def committed(form: str) -> Iterator[None]:
    """Commit in this form inside."""
    if form == AT_ONCE:
        assert CAN_WRITE_AT_ONCE
        yield
        return
    with in_turn():
        yield


@contextmanager
def midway(change: Callable[[], object]) -> Iterator[list[bool]]:
    """``change`` happens once, between what was read and the writing of it; was it written, at each attempt?"""
    waiting, written = [change], list[bool]()
    commit = commits.commit

    def commit_later(*args: Any, **kwargs: Any) -> bool:
        while waiting:
            waiting.pop()()
        written.append(commit(*args, **kwargs))
        return written[-1]

    with patch.object(commits, "commit", commit_later), patch.object(exchange, "commit", commit_later):
        yield written
