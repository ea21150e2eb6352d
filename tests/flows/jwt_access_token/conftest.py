"""A client whose access tokens are JWTs, and an API that may introspect them."""

import pytest

from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.flows.jwt_access_token.reading import ALL


@pytest.fixture
def driver() -> Driver:
    """A client whose access tokens are JWTs."""
    return signed_in(policy={"access_token_format": "jwt", "grant_types": ALL})


@pytest.fixture
def asker() -> Driver:
    """An API that may introspect."""
    return Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
