"""What every test has. Rows come from ``tests/factories.py``."""

from typing import Any

import pytest
from django.core.cache import caches
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


@pytest.fixture
def clock_cache(settings: Any) -> None:
    """A cache that follows the clock of ``ledger.later``, as a server elsewhere cannot."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "clock"}}
    caches["default"].clear()
