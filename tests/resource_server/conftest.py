"""What the tests of the plain Django guards share: a verifier of their own, and a clean register."""

import pytest

from tests.rest_framework import tokens


@pytest.fixture(autouse=True)
def _resource_server(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.rest_framework.tokens.verify"}
    yield
    tokens.KNOWN.clear()


@pytest.fixture
def issue():
    """Make the string ``good`` (or another) stand for a token with these facts."""

    def issue(name: str = "good", **facts):
        tokens.KNOWN[name] = tokens.access_token(**facts)
        return tokens.KNOWN[name]

    return issue
