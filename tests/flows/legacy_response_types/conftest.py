"""A client of every legacy response type, where an operator turned them on."""

from typing import Any

import pytest

from oauth_provider.protocol.response_type import LEGACY
from tests.driver import Driver
from tests.flows.legacy_response_types.fragments import legacy
from tests.settings import OAUTH_PROVIDER


@pytest.fixture(autouse=True)
def _turned_on(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": LEGACY}


@pytest.fixture
def driver() -> Driver:
    return legacy()
