"""The service that authenticates."""

import pytest

from tests.driver import Driver
from tests.factories import ApplicationFactory


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={}))
