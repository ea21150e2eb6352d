"""The end of a test that commits: its rows are deleted, and what ``migrate`` made stays.

Django empties every table and sends ``post_migrate``, which makes all types of content and permissions anew: that takes
longer than most of these tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands import flush

MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}


def _deletions(style: Any, connection: Any, **options: Any) -> list[str]:
    """A statement for each table that has a row, in the place of ``sql_flush``."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in names if name not in MADE_BY_MIGRATE]
    ask = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {table})" for number, table in enumerate(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return [f"DELETE FROM {tables[number]}" for (number,) in cursor.fetchall()]


@contextmanager
def of_rows_alone() -> Iterator[None]:
    """Inside, ``flush`` does no more than that."""
    with (
        patch.object(flush, "sql_flush", _deletions),
        patch.object(flush, "emit_post_migrate_signal", lambda *args, **kwargs: None),
    ):
        yield
