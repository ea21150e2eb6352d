"""The client whose tokens are refreshed, of either type."""

import pytest

from tests.driver import Driver, signed_in


@pytest.fixture(params=[{}, {"public": True}], ids=["confidential", "public"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return signed_in(policy={}, **request.param)
