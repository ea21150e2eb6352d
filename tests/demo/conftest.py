"""One demo for all tests that look at it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.fleet import Fleet, prepared, sailing
from tests.demo.guest import Guest
from tests.demo.publisher import make_certificate
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
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of a publisher on this machine."""
    return make_certificate(tmp_path_factory.mktemp("publisher"))


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[Fleet]:
    """A demo of its own with all its services, served by ``manage.py demo``; it trusts ``certificate`` alone."""
    fleet = prepared(tmp_path_factory.mktemp("fleet"), SSL_CERT_FILE=str(certificate))
    with sailing(fleet):
        yield fleet


@pytest.fixture
def guest(seeded: dict[str, Any]) -> Any:
    """Somebody new."""
    with Guest(seeded["issuer"]) as guest:
        yield guest
