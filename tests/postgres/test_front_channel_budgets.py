"""What a person's visit costs the database, once everything is warm: Django's session and its user come on top."""

from typing import Any

import pytest

from oauth_provider.authorization.unredeemed import LOOK_EVERY
from oauth_provider.models import ClientPolicy
from tests import details
from tests.driver import Driver, query_of, signed_in
from tests.factories import ApplicationFactory
from tests.statements import cost, costing

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
]


@pytest.fixture
def driver() -> Driver:
    """A client whose person has agreed already, warmed up by one whole flow."""
    driver = signed_in(policy={"grant_types": ["authorization_code", "refresh_token"]})
    driver.tokens()
    return driver


def test_a_remembered_consent_costs_three_statements_and_a_look_at_codes_now_and_then(driver: Driver) -> None:
    costs = sorted(len(cost(driver.authorize)) for _ in range(LOOK_EVERY))
    assert costs == [*[3] * (LOOK_EVERY - 1), 4]


def test_details_that_are_remembered_cost_no_more(driver: Driver, settings: Any) -> None:
    details.register(settings)
    ClientPolicy.objects.filter(application=driver.application).update(authorization_details_types=["account"])
    asked = {"authorization_details": details.said(details.READ)}
    driver.code(**asked)
    with costing(3):
        assert "code" in query_of(driver.authorize(**asked)["Location"])


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_consent_page_costs_three_statements_to_come_to_and_three_to_answer(driver: Driver, decision: str) -> None:
    with costing(3):
        page = driver.authorize(prompt="consent")["Location"]
    with costing(3):  # the second one finds what is new, and what is folded
        assert driver.browser.get(page).status_code == 200
    with costing(3):
        assert driver.decide(page, decision)["Location"].startswith(driver.redirect_uri)


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_first_consent_costs_no_more(driver: Driver, decision: str) -> None:
    other = Driver(ApplicationFactory(), browser=driver.browser)
    page = other.authorize()["Location"]
    with costing(3):
        assert other.decide(page, decision)["Location"].startswith(other.redirect_uri)


def test_a_double_click_costs_one_statement(driver: Driver) -> None:
    page = driver.authorize(prompt="consent")["Location"]
    first = driver.decide(page)
    with costing(1):
        assert driver.decide(page)["Location"] == first["Location"]


@pytest.mark.spec("RFC 9126", "2.1")
def test_a_request_that_was_pushed_costs_the_two_looks_at_its_row_more(driver: Driver) -> None:
    for _until_it_is_known_when_the_secret_was_used in range(2):
        driver.push()
    with costing(2):
        request_uri = driver.push().json()["request_uri"]
    with costing(5):
        assert "code" in query_of(driver.open(request_uri)["Location"])


def test_a_refusal_to_a_client_that_asked_for_no_page_costs_three_statements(driver: Driver) -> None:
    with costing(3):
        response = driver.authorize(prompt="none", scope="photos:read")
    assert query_of(response["Location"])["error"] == "consent_required"
