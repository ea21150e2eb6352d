"""A live server, and a relying party of it. Nothing but HTTP is between the two."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conformance.front_channel.relying_party import RelyingParty
from tests.factories import ApplicationFactory, UserFactory


@pytest.fixture
def issuer(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server's address, which is also its issuer."""
    opened: list[requests.Session] = []
    initialise = requests.Session.__init__
    monkeypatch.setattr(requests.Session, "__init__", lambda self: (opened.append(self), initialise(self))[1])
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": live_server.url}
    yield live_server.url
    # A connection kept alive keeps a thread of the server, and with it the database of the tests.
    for session in opened:
        session.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)


@pytest.fixture
def user(issuer: str) -> Any:
    """Somebody with an account."""
    return UserFactory()


@pytest.fixture
def party(issuer: str) -> RelyingParty:
    """A confidential client; nobody is signed in."""
    return RelyingParty(issuer, ApplicationFactory(policy={}))


@pytest.fixture
def returning(party: RelyingParty, user: Any) -> RelyingParty:
    """The same, with ``user`` signed in, who has agreed to what it asks for."""
    party.sign_in_and_allow(party.authorize(), user)
    return party
