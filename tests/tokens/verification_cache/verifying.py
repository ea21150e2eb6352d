"""Does verifying a token ask the database, and what does it say?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import Driver


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        self.now += 1e-6  # no two moments are the same
        return self.now


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    # A project with ATOMIC_REQUESTS begins and ends a transaction around the view, whatever the view does.
    return len([one for one in captured if one["sql"].split()[0] not in {"BEGIN", "COMMIT"}])


def is_remembered(token: str) -> bool:
    """Does verifying it ask the database nothing?"""
    return statements(lambda: ledger.is_good(token)) == 0


def is_refused(token: str) -> bool:
    with pytest.raises(InvalidToken):
        verify(token)
    return True


def deactivate(driver: Driver) -> None:
    user = get_user_model().objects.get()
    user.is_active = False
    user.save(update_fields=["is_active"])
