"""The races on PostgreSQL, 50 threads at once, at the isolation that Django has by default and at the strictest."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections, transaction
from psycopg import IsolationLevel

from tests.races.races import Races

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    # One after another: each takes half of the connections that PostgreSQL has by default.
    pytest.mark.xdist_group("connections"),
]

MANY = 50
LOCK = 6749


@pytest.fixture(autouse=True)
def _no_other_run(transactional_db: None) -> Iterator[None]:
    """Another run of this suite on the same server waits: two at once would need more connections than it has."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


class TestReadCommitted(Races):
    many = MANY


class TestSerializable(Races):
    many = MANY

    @pytest.fixture(autouse=True)
    def _isolation(self, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
        """Every transaction until the end of the test."""
        options = connections.settings["default"].setdefault("OPTIONS", {})
        monkeypatch.setitem(options, "isolation_level", IsolationLevel.SERIALIZABLE)
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("serializable",)
        yield
        connection.close()
