"""Test kit as pytest fixtures: ``pytest_plugins = ["oauth_provider.rest_framework.fixtures"]`` in conftest.py."""

from typing import Any

import pytest

from oauth_provider.rest_framework import testing


@pytest.fixture
def oauth_client() -> testing.OAuthAPIClient:
    """Return an ``OAuthAPIClient``."""
    return testing.OAuthAPIClient()


@pytest.fixture
def assert_requires_scopes() -> Any:
    """Return ``testing.assert_requires_scopes(url, method, scopes)``."""
    return testing.assert_requires_scopes


@pytest.fixture
def run_code_flow(db: None) -> Any:
    """Return ``testing.run_code_flow(application, user, scope=...)``."""
    return testing.run_code_flow
