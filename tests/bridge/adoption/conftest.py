"""A client that DOT registered, and what it gave out to it, in either way of storing it."""

import pytest

from tests.bridge import dot_server
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

DOT_SECRET = "Q" * 128


@pytest.fixture(autouse=True)
def _dot(settings):
    settings.ROOT_URLCONF = "tests.bridge.adoption.urls"
    settings.OAUTH2_PROVIDER = {"ACCESS_TOKEN_EXPIRE_SECONDS": 600}


@pytest.fixture(params=["confidential", "public"])
def driver(request):
    """A client that DOT registered."""
    application = ApplicationFactory(client_type=request.param, client_secret=DOT_SECRET, hash_client_secret=True)
    application.secret = DOT_SECRET if request.param == "confidential" else ""
    return Driver(application)


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture(params=[True, False], ids=["hashed", "plaintext"])
def issued(request, settings, driver, user):
    """What DOT gave out, in either way of storing it."""
    settings.OAUTH2_PROVIDER = {"COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": request.param}
    answer = dot_server.issue(driver.application, user)
    assert bool(dot_server.rows(answer)[1].token) is not request.param
    settings.OAUTH2_PROVIDER = {}
    return answer
