"""What every test has. Rows come from ``tests/factories.py``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import connection

from oauth_provider.authorization.left_out import left_out_scopes
from oauth_provider.clients import origins
from oauth_provider.resource_server.guarded_cache import guarded_cache
from oauth_provider.rest_framework import throttling
from oauth_provider.tokens import key_ring
from oauth_provider.tokens.called_name import called_name
from oauth_provider.tokens.verification_cache import verification_cache
from tests import cache_keys, commits, scopes

# What the tests of a folder share asserts, too, and is to be told in full.
pytest.register_assert_rewrite(
    *(f"tests.{name}" for name in ("attacks", "bridge", "conformance", "flows", "property", "races"))
)

HERE = Path(__file__).parent
THOROUGH = (
    "conformance/",
    "demo/",
    "foreign/",
    "setups/",
    "admin/test_set_ups.py",
    "documentation/test_projects.py",
    "tutorial/test_readme.py",
    "tutorial/test_tutorial.py",
)


@pytest.hookimpl(tryfirst=True)  # before pytest looks at the markers that were asked for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts projects of its own is thorough; tests of PostgreSQL's own behaviour are skipped elsewhere."""
    for item in items:
        if str(item.path.relative_to(HERE)).startswith(THOROUGH) and not item.get_closest_marker("foreign"):
            item.add_marker(pytest.mark.thorough)
    if connection.vendor != "postgresql":
        skip = pytest.mark.skip(reason="needs PostgreSQL: make test-postgres")
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(skip)


@pytest.fixture(autouse=True, scope="session")
def _form_of_commits() -> Iterator[None]:
    """The plain one everywhere, where ``OAUTH_TEST_COMMIT`` asks for it."""
    if not commits.IS_PLAIN_RUN:
        yield
        return
    with commits.in_turn():
        yield


@pytest.fixture(autouse=True)
def _called_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test client calls the server by another name than the issuer's, which would be told once in each process."""
    monkeypatch.setattr(called_name, "is_told", True)


@pytest.fixture(autouse=True)
def _told_nothing_yet() -> None:
    left_out_scopes.forget()


@pytest.fixture(autouse=True)
def _own_cache_keys() -> None:
    cache_keys.start_anew()


@pytest.fixture(autouse=True)
def _own_breakers() -> None:
    """No test passes by a cache that failed in another."""
    guarded_cache.cache_clear()
    throttling._counters.cache_clear()


@pytest.fixture
def clock_cache(settings: Any) -> None:
    """A cache that follows the clock of ``ledger.later``, as a server elsewhere cannot."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "clock"}}
    caches["default"].clear()


@pytest.fixture(autouse=True)
def _own_keys() -> None:
    """No test finds the signing keys that another kept, but for those of the suite's settings: they never change."""
    given = django_settings.OAUTH_PROVIDER["SIGNING_KEYS"]
    if any(kept.source is not given for kept in key_ring._kept.values()):
        key_ring.forget()


@pytest.fixture(autouse=True)
def _own_memory() -> None:
    """Nor the access tokens and origins that one remembered: rows of the next may have the same keys."""
    verification_cache.clear()
    origins.forget()
    scopes.remember_none()
