"""What stored requests cost the database: statements, BEGIN and COMMIT counted, once everything is warm.

Each sixteenth row that is stored sweeps by the way, which is a transaction of one statement.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import ClientPolicy, PendingRequest
from oauth_provider.models.pending_request import SWEEP_EVERY
from tests.commits import needs_statement
from tests.driver import AUTHORIZE, PAR, Driver, incompressible, post, signed_in
from tests.factories import ApplicationFactory
from tests.flows.request_objects import jwks, signed

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    needs_statement,
    pytest.mark.spec("RFC 6819", "4.4.1.11"),
]
SWEEP = 3


def costs(act: Any) -> list[int]:
    """The statements of each of so many acts that one of them sweeps."""
    counts = []
    for _ in range(SWEEP_EVERY):
        with CaptureQueriesContext(connection) as captured:
            response = act()
        assert response.status_code in (201, 303), response.content
        counts.append(len(captured))
    return counts


def is_bounded(counts: list[int], budget: int) -> None:
    assert sorted(counts)[:-1] == [budget] * (SWEEP_EVERY - 1)
    assert max(counts) == budget + SWEEP


@pytest.mark.parametrize("public", [True, False])
def test_a_push_costs_two_statements_and_a_sweep_now_and_then(public: bool) -> None:
    driver = Driver(ApplicationFactory(public=public))
    for _until_it_is_known_when_the_secret_was_used in range(2):
        driver.push()
    is_bounded(costs(driver.push), 2)


@pytest.mark.spec("RFC 9126", "3")
def test_a_push_of_a_signed_request_reads_the_client_whose_keys_may_be_elsewhere_by_now() -> None:
    driver = signed_in(policy={"jwks": jwks("ES256")})
    for _until_it_is_known_when_the_secret_was_used in range(2):
        driver.push()
    is_bounded(costs(lambda: post(driver.browser, PAR, {**driver.credentials, "request": signed(driver)})), 3)


def test_a_push_of_a_client_that_was_changed_costs_as_much_again_once() -> None:
    driver = Driver(ApplicationFactory(policy={}))
    for _until_it_is_known_when_the_secret_was_used in range(2):
        driver.push()
    for budget in (2, 5, 2):
        if budget == 5:
            ClientPolicy.objects.filter(application=driver.application).update(scopes=["notes:read"])
        with CaptureQueriesContext(connection) as captured:
            assert driver.push().status_code == 201
        sweeps = PendingRequest.objects.latest("pk").pk % SWEEP_EVERY == 0
        assert len(captured) == budget + (SWEEP if sweeps else 0)


def test_the_consent_page_costs_a_statement_for_the_limit_of_its_session() -> None:
    driver = signed_in()
    driver.authorize()
    is_bounded(costs(driver.authorize), 6)


def test_a_long_request_on_its_way_to_the_login_costs_a_row() -> None:
    driver = Driver(ApplicationFactory())
    state = incompressible(3_000)
    driver.authorize(state=state)
    is_bounded(costs(lambda: driver.authorize(state=state)), 4)
    is_bounded(costs(lambda: post(driver.browser, AUTHORIZE, driver.request(state=state))), 4)
