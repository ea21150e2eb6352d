"""What the tests of clients known by a document share."""

from typing import Any

import pytest

from tests.documents import Network, open_network


@pytest.fixture
def network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The network, with one document."""
    return open_network(settings, monkeypatch)
