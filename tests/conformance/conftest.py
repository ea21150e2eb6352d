"""What the conformance tests have: a live server, and a relying party that knows nothing of it but its address."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.relying_party import RelyingParty
from tests.factories import ApplicationFactory, UserFactory
from tests.live import serving_as_issuer


@pytest.fixture
def server(live_server: Any, settings: Any) -> Iterator[str]:
    """The server's address, which is also its issuer."""
    with serving_as_issuer(live_server, settings) as url:
        yield url


@pytest.fixture
def user(server: str) -> Any:
    """Somebody of whom a few things are known."""
    return UserFactory(first_name="Ann", last_name="Lee", email="ann@example.com")


@pytest.fixture
def relying_party(server: str, user: Any) -> RelyingParty:
    """A confidential client with the code grant, registered, and its user."""
    application = ApplicationFactory()
    return RelyingParty(server, application.client_id, application.secret, user.username)
