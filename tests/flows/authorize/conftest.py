"""The client that asks, with a person before it."""

import pytest

from tests.driver import Driver, signed_in


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={})
