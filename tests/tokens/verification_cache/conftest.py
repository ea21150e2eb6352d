"""A cache whose time is ours, and a token that it remembers."""

from typing import Any

import pytest

from oauth_provider.tokens import verification_cache
from oauth_provider.tokens.verifier import verify
from tests.driver import Driver, signed_in
from tests.tokens.verification_cache.verifying import Clock, is_remembered


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Remembering is on, and its time is ours."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 10}
    clock = Clock()
    monkeypatch.setattr(verification_cache, "time", clock)
    return clock


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})


@pytest.fixture
def token(driver: Driver) -> str:
    """One that is remembered."""
    token = str(driver.tokens()["access_token"])
    verify(token)
    assert is_remembered(token)
    return token
