"""Many who ask at once, and room for all of them."""

from typing import Any

import pytest

from tests.races.outcomes import Act
from tests.threads import together


class Many:
    """``many`` is the number of threads."""

    many: int

    @pytest.fixture(autouse=True)
    def _room_for_many(self, settings: Any) -> None:
        """What one session, person or address may have at a time is for other tests."""
        bounds = {"PENDING_REQUESTS_PER_SESSION": 100, "UNREDEEMED_CODES_PER_USER": 100}
        settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | bounds | {"CLIENT_AUTHENTICATION_FAILURES": "1000/minute"}

    @property
    def several(self) -> int:
        """Enough where each thread makes many requests."""
        return min(20, self.many)

    def all_do(self, act: Act) -> list[Any]:
        return together(*[act] * self.many)
