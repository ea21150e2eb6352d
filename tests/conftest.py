"""What every test has. Rows come from ``tests/factories.py``."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.nodeid import NodeId
from django.core.cache import caches
from django.db import connection

from tests import commits, flushing, jose_keys, memory

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
# Where all tests of a kind are; a file elsewhere names the mark.
PLACES = {"thorough": THOROUGH, "browser": ("browser/",)}


def pytest_configure() -> None:
    """Look for garbage less often than a server would: it was a tenth of a run."""
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(tryfirst=True)  # before the tests are told to the process that shares them out
def pytest_collection_finish(session: pytest.Session) -> None:
    """Name the group of a test behind its name: pytest-xdist 3.8 does so where pytest 9.2 does not look any more.

    What was collected, thousands of tests and all they import, is no garbage: never look through it again.
    """
    for item in session.items if session.config.getoption("loadgroup", False) else ():
        group = item.get_closest_marker("xdist_group")
        if group is not None and not item.nodeid.endswith(f"@{group.args[0]}"):
            item._id = NodeId.parse(f"{item.nodeid}@{group.args[0]}")
    gc.freeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read no file without a test that was asked for, or each process reads hundreds and their imports for nothing.

    Where files or folders are named on the command line, all in them is read.
    """
    asked = config.option.markexpr
    if any(Path(named).resolve() != HERE for named in config.args):
        return None
    place = str(collection_path.relative_to(HERE)) + "/" * collection_path.is_dir()
    if any(f"not {kind}" in asked and place.startswith(places) for kind, places in PLACES.items()):
        return True
    if asked in PLACES and collection_path.is_file() and not place.startswith(PLACES[asked]):
        return f"pytest.mark.{asked}" not in collection_path.read_text() or None
    return None


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


@pytest.fixture(autouse=True, scope="session")
def _quickly() -> Iterator[None]:
    """Without what takes long, and says nothing here."""
    with flushing.of_rows_alone(), jose_keys.read_once():
        yield


@pytest.fixture(autouse=True)
def _own_memory() -> None:
    """In one: each fixture costs every test its time."""
    memory.forget()


@pytest.fixture
def clock_cache(settings: Any) -> None:
    """A cache that follows the clock of ``ledger.later``, as a server elsewhere cannot."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "clock"}}
    caches["default"].clear()
