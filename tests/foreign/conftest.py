"""What the tests with foreign software have: a live server of ours, which is the issuer."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import UserFactory
from tests.live import serving_as_issuer


@pytest.fixture
def server(live_server: Any, settings: Any) -> Iterator[str]:
    """The server's address, which is also its issuer."""
    with serving_as_issuer(live_server, settings) as url:
        yield url


@pytest.fixture
def user(server: str) -> Any:
    """Somebody with an account and an email address."""
    return UserFactory(first_name="Ann", last_name="Lee", email="ann@example.com")
