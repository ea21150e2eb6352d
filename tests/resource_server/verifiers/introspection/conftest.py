"""An introspection endpoint that answers as a test says, and a clock in the place of ``time``."""

import json

import pytest

from oauth_provider.resource_server.conf import _load
from oauth_provider.resource_server.verifiers import introspection
from tests.resource_server.verifiers.introspection.endpoint import ACTIVE, VERIFIER, Clock
from tests.web import answer, serving


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(introspection, "time", clock)
    return clock


@pytest.fixture
def server(settings):
    """An introspection endpoint; ``server.say`` is its answer from now on."""
    with serving(answer(json.dumps(ACTIVE))) as web:
        settings.OAUTH_RESOURCE_SERVER = {
            "VERIFIER": VERIFIER,
            "INTROSPECTION": {"URL": web.url, "CLIENT_ID": "an:api", "CLIENT_SECRET": "s e"},
        }
        _load.cache_clear()
        yield web
        _load.cache_clear()


@pytest.fixture
def options(settings):
    def options(**changes):
        terms = settings.OAUTH_RESOURCE_SERVER["INTROSPECTION"] | changes
        settings.OAUTH_RESOURCE_SERVER = settings.OAUTH_RESOURCE_SERVER | {"INTROSPECTION": terms}

    return options
