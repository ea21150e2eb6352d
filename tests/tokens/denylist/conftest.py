"""A transport of the denylist that keeps what it is told, and a client whose tokens end."""

from typing import Any

import pytest

from oauth_provider.tokens import denylist
from tests.driver import Driver, signed_in
from tests.resource_server.denylist.transports import FakeTransport

FAKE = "tests.resource_server.denylist.transports.FakeTransport"


@pytest.fixture(autouse=True)
def transport(settings: Any) -> Any:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": {"TRANSPORT": FAKE}}
    made = FakeTransport()
    denylist._publisher.cache_clear()
    publisher = denylist.Publisher(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(denylist, "_publisher", lambda options: publisher)
        yield made


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})
