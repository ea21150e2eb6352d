"""An issuer that is not there, and a clock in the place of ``time`` where keys are kept."""

from collections.abc import Iterator
from typing import Any

import pytest

from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import jwks
from tests.resource_server.verifiers.jwks.keys import ISSUER, Clock


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": [ISSUER]}
    clock = Clock()
    monkeypatch.setattr(jwks, "time", clock)
    return clock


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    with FakeIssuer(ISSUER).serving() as issuer:
        yield issuer
