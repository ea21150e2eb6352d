"""A live server, and a relying party of it. Nothing but HTTP is between the two."""

from typing import Any

import pytest

from tests.conformance.front_channel.relying_party import RelyingParty
from tests.factories import ApplicationFactory, UserFactory


@pytest.fixture
def issuer(server: str) -> str:
    """The server's address, which is also its issuer."""
    return server


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
