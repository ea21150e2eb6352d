"""What every test has. Rows come from ``tests/factories.py``."""

import pytest
from django.db import connection

from tests import cache_keys


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of PostgreSQL's own behaviour are skipped elsewhere."""
    if connection.vendor != "postgresql":
        skip = pytest.mark.skip(reason="needs PostgreSQL: make test-postgres")
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(skip)


@pytest.fixture(autouse=True)
def _own_cache_keys() -> None:
    cache_keys.start_anew()
