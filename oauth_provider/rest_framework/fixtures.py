"""The test kit as pytest fixtures: ``pytest_plugins = ["oauth_provider.rest_framework.fixtures"]`` in conftest.py."""

from typing import Any

import pytest

from oauth_provider.rest_framework import testing


@pytest.fixture
def oauth_client() -> testing.OAuthAPIClient:
    """A client to give tokens to."""
    return testing.OAuthAPIClient()


@pytest.fixture
def assert_requires_scopes() -> Any:
    """``assert_requires_scopes(url, method, scopes)``."""
    return testing.assert_requires_scopes


@pytest.fixture
def run_code_flow(db: None) -> Any:
    """``run_code_flow(application, user, scope=...)``."""
    return testing.run_code_flow
