"""One demo for all tests that look at it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo.fleet import Fleet, prepared, sailing
from tests.demo.guest import Guest
from tests.demo.server import Demo, migrated, served


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A migrated demo; nothing is seeded yet."""
    return migrated(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def seeded(demo: Demo) -> Iterator[dict[str, Any]]:
    """The seeded demo, served; what ``demo_seed --json`` printed."""
    described = demo.seed()
    with served(demo):
        yield described


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A demo of its own with all its services, served by ``manage.py demo``."""
    fleet = prepared(tmp_path_factory.mktemp("fleet"))
    with sailing(fleet):
        yield fleet


@pytest.fixture
def guest(seeded: dict[str, Any]) -> Any:
    """Somebody new."""
    with Guest(seeded["issuer"]) as guest:
        yield guest
