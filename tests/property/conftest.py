"""One of everything that could be spent, anew for each test."""

import pytest

from tests.property.world import World


@pytest.fixture
def world() -> World:
    return World()
