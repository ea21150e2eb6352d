"""What the tests of clients known by a document share: the door stands open, and the network is a dictionary."""

from typing import Any

import pytest
from django.core.cache import cache

from oauth_provider.clients.documents import copies
from tests.documents import Network


@pytest.fixture
def network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The network, with one document."""
    cache.clear()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {"DOCUMENT": {"IS_OPEN": True}}}
    network = Network()
    network.publish()
    monkeypatch.setattr(copies, "fetch", network.fetch)
    return network
