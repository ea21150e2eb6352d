"""A transport that a test drives, of a subscription that is caught up."""

import pytest

from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist import subscription as subscribing
from oauth_provider.resource_server.denylist.subscription import subscription
from tests.resource_server.denylist.heard import FAKE, until
from tests.resource_server.denylist.transports import FakeTransport


@pytest.fixture
def transport(settings, monkeypatch):
    """The transport of a subscription that is caught up."""
    monkeypatch.setattr(subscribing, "MAX_PAUSE", 0.01)
    monkeypatch.setattr(subscribing, "FIRST_PAUSE", 0.01)
    settings.OAUTH_RESOURCE_SERVER = settings.OAUTH_RESOURCE_SERVER | {"DENYLIST": {"TRANSPORT": FAKE}}
    subscribing._subscription.cache_clear()
    heard = subscription(conf.denylist)
    until(heard._caught_up.is_set)
    made = FakeTransport.made[-1]
    yield made
    heard.stop()
    made.say(None)
    heard._thread.join(5)
    subscribing._subscription.cache_clear()
