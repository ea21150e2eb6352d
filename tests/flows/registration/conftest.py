"""What the tests of registration share: the door stands open."""

from typing import Any

import pytest
from django.core.cache import cache

from tests.registrar import Registrar, open_door


@pytest.fixture
def registrar(settings: Any) -> Registrar:
    """A program at the open door."""
    cache.clear()
    open_door(settings)
    return Registrar()
