"""The policy of registration, as a test sets it."""

from typing import Any

import pytest


@pytest.fixture
def opened(settings: Any) -> Any:
    """Open a door, the portal at first, with the members of its policy."""

    def set_door(door: str = "PORTAL", /, reserved: Any = (), **members: Any) -> None:
        registration = {door: {"IS_OPEN": True, **members}, "RESERVED_NAMES": list(reserved)}
        settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": registration}

    set_door()
    return set_door
