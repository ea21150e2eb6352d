"""A client that asks for consent, and a page that waits for a decision."""

import pytest

from tests.driver import Driver, signed_in


@pytest.fixture
def driver() -> Driver:
    return signed_in(name="Notes for all", policy={})


@pytest.fixture
def page(driver: Driver) -> str:
    """The URL of a page that waits for a decision."""
    return str(driver.authorize()["Location"])
