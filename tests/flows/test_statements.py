"""What an exchange costs on SQLite, BEGIN and COMMIT counted: no statement of its writes a row and another at once."""

import pytest
from django.db import connection

from tests.driver import Driver, signed_in
from tests.statements import cost

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="needs SQLite"),
]


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(policy={"grant_types": ["authorization_code", "refresh_token"]})
    driver.tokens()
    return driver


def test_a_code_costs_at_most_eight_statements(driver: Driver) -> None:
    code = driver.code()
    statements = cost(lambda: driver.redeem(code))
    assert len(statements) <= 8, statements


def test_a_refresh_costs_at_most_eight_statements(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    statements = cost(lambda: driver.refresh(refresh_token))
    assert len(statements) <= 8, statements
