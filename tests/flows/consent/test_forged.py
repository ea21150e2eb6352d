"""Forged answers (RFC 9700 §4.7): replayed, of another session or person, with more than was asked, or too late.

Each is refused on the page and in JSON alike: nothing is granted, and nothing is spent.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization, Consent, PendingRequest
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]

READ, WRITE, PHOTOS = "notes:read", "notes:write", "photos:read"
FORM: Mapping[str, Any] = {"decision": "allow", "scope": [WRITE]}


@pytest.fixture
def driver() -> Driver:
    return signed_in(name="Notes for all", policy={"optional_scope": WRITE})


@pytest.fixture(params=["form", "json"])
def headers(request: pytest.FixtureRequest) -> dict[str, str]:
    """The page of our own, and its JSON twin."""
    return {"Accept": "application/json"} if request.param == "json" else {}


def page_of(driver: Driver, **changes: Any) -> str:
    return str(driver.authorize(**changes)["Location"])


def post(browser: Browser, page: str, headers: dict[str, str], **form: Any) -> Any:
    return browser.post(page, {**FORM, **form}, headers=headers)


def test_added_scopes_contexts_and_resources_are_no_part_of_the_answer(driver: Driver, headers: dict[str, str]) -> None:
    more = {"scope": [WRITE, PHOTOS, "email"], "resource": "https://api.example.com", "authorization_details": "[]"}
    page = page_of(driver)
    post(driver.browser, page, headers, **more)
    assert Authorization.objects.get().scope == f"{READ} {WRITE}"
    assert set(Consent.objects.get().agreed.scopes) == {READ, WRITE}


@pytest.mark.parametrize(
    "forged",
    [{"context": "acme"}, {"until": "2999-01-01T00:00:00+00:00"}, {"until": "never"}, {"access": "read_only"}],
    ids=str,
)
def test_a_choice_that_was_not_offered_is_refused(
    driver: Driver, headers: dict[str, str], forged: dict[str, str]
) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        assert post(driver.browser, page, headers, **forged).status_code == 400
    assert PendingRequest.objects.get().decided_at is None


def test_a_replay_with_other_ticks_is_refused(driver: Driver, headers: dict[str, str]) -> None:
    page = page_of(driver)
    post(driver.browser, page, headers, scope=[])
    with ledger.unchanged():
        assert post(driver.browser, page, headers).status_code == 400
    assert Authorization.objects.get().scope == READ


def test_a_replay_after_the_double_click_is_refused(driver: Driver, headers: dict[str, str]) -> None:
    page = page_of(driver)
    post(driver.browser, page, headers)
    with ledger.later(11), ledger.unchanged():
        assert post(driver.browser, page, headers).status_code == 400


@pytest.mark.parametrize("who", ["another person", "the same person in another browser"])
def test_an_answer_from_another_session_is_refused(driver: Driver, headers: dict[str, str], who: str) -> None:
    page, browser = page_of(driver), Browser()
    browser.force_login(UserFactory() if who == "another person" else PendingRequest.objects.get().user)
    with ledger.unchanged():
        assert post(browser, page, headers).status_code == 400


def test_an_answer_that_is_too_late_is_refused(driver: Driver, headers: dict[str, str]) -> None:
    page = page_of(driver)
    with ledger.later(601), ledger.unchanged():
        assert post(driver.browser, page, headers).status_code == 400


def test_cancel_grants_nothing_whatever_is_ticked(driver: Driver, headers: dict[str, str]) -> None:
    answer = post(driver.browser, page_of(driver), headers, decision="deny")
    location = answer.json()["redirect_to"] if headers else answer["Location"]
    assert query_of(location)["error"] == "access_denied"
    assert (Authorization.objects.count(), Consent.objects.count()) == (0, 0)


def test_no_tick_at_all_still_allows_what_is_required(driver: Driver, headers: dict[str, str]) -> None:
    driver.browser.post(page_of(driver), {"decision": "allow"}, headers=headers)
    assert Authorization.objects.get().scope == READ


def test_thousands_of_ticks_are_no_more_than_one(driver: Driver, headers: dict[str, str]) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        assert post(driver.browser, page, headers, scope=[WRITE] * 2_000).status_code == 400
    post(driver.browser, page, headers, scope=[WRITE] * 500)
    assert Authorization.objects.get().scope == f"{READ} {WRITE}"


def test_first_parties_skip_the_page_and_are_granted_all_that_they_ask_for() -> None:
    driver = signed_in(skip_authorization=True, policy={"optional_scope": WRITE})
    assert driver.tokens()["scope"] == f"{READ} {WRITE}"
    assert not Consent.objects.exists()
