"""Pytest fixture with a fake issuer: ``pytest_plugins = ["oauth_provider.resource_server.fixtures"]``."""

from collections.abc import Iterator

import pytest

from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.testing import FakeIssuer


@pytest.fixture
def fake_issuer() -> Iterator[FakeIssuer]:
    """Yield a ``FakeIssuer`` that stands for the first of ``AUTHORIZATION_SERVERS`` during one test."""
    named = conf.authorization_servers
    with (FakeIssuer(named[0]) if named else FakeIssuer()).serving() as issuer:
        yield issuer
