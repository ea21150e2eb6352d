"""What the conformance tests have: a live server, and a relying party that knows nothing of it but its address."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conformance.relying_party import RelyingParty
from tests.factories import ApplicationFactory, UserFactory


@pytest.fixture
def server(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server's address, which is also its issuer."""
    opened: list[requests.Session] = []
    initialise = requests.Session.__init__

    def remember(session: requests.Session) -> None:
        opened.append(session)
        initialise(session)

    monkeypatch.setattr(requests.Session, "__init__", remember)
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": live_server.url}
    yield live_server.url
    # A connection kept alive keeps a thread of the server, and with it the database of the tests.
    for session in opened:
        session.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)


@pytest.fixture
def user(server: str) -> Any:
    """Somebody of whom a few things are known."""
    return UserFactory(first_name="Ann", last_name="Lee", email="ann@example.com")


@pytest.fixture
def relying_party(server: str, user: Any) -> RelyingParty:
    """A confidential client with the code grant, registered, and its user."""
    application = ApplicationFactory()
    return RelyingParty(server, application.client_id, application.secret, user.username)
