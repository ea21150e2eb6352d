"""What the tests of the bridge share: scopes that DOT's classes know, and one signed-in client."""

import pytest

from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

SCOPES = {"read": "Read", "write": "Write", "notes:read": "Read notes", "introspection": "Introspect"}
MIDDLEWARE = "oauth2_provider.middleware.OAuth2TokenMiddleware"
# force_login() takes the first; DOT's signs nobody in.
BACKENDS = ["django.contrib.auth.backends.ModelBackend", "oauth2_provider.backends.OAuth2Backend"]


@pytest.fixture(autouse=True)
def _api(settings):
    settings.ROOT_URLCONF = "tests.bridge.views"
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SCOPES": SCOPES}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]
    settings.AUTHENTICATION_BACKENDS = BACKENDS


@pytest.fixture
def driver(db):
    driver = Driver(ApplicationFactory(), scope="read write notes:read")
    user = UserFactory()
    user.backend = "django.contrib.auth.backends.ModelBackend"
    driver.browser.force_login(user, backend=user.backend)
    driver.user = user
    return driver
