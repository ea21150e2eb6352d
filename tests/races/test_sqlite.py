"""The races on SQLite: a file with the options that Django gives it, as ``startproject`` would have it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.races.races import Races

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="needs SQLite"),
    pytest.mark.django_db(transaction=True),
]


class TestStockSQLite(Races):
    many = 8

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path, transactional_db: None) -> Iterator[None]:
        """A copy of the empty database in a file that every thread opens for itself; the tests' own stays as it is."""
        connection.ensure_connection()
        ours = connections["default"]
        with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as copy:
            ours.connection.backup(copy)
        name = ours.settings_dict["NAME"]
        ours.settings_dict["NAME"] = tmp_path / "db.sqlite3"
        del connections["default"]
        try:
            yield
        finally:
            connection.close()
            ours.settings_dict["NAME"] = name
            connections["default"] = ours
