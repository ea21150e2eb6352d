"""Choices in the consent page's JSON twin (RFC 9396 §7.1): the fields are described, and the same choice is taken."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, PendingRequest
from tests import ledger
from tests.driver import Driver, query_of
from tests.flows.choosers.picking import ASKED, CHOICE, PICKED, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9396", "7.1")]

JSON = {"Accept": "application/json"}


def answer(driver: Driver, page: str, choice: dict[str, Any]) -> Any:
    fields = {f"detail-0-{name}": value for name, value in choice.items()}
    return driver.browser.post(page, {"decision": "allow", **fields}, headers=JSON)


def test_the_fields_are_described(driver: Driver) -> None:
    (asked,) = driver.browser.get(page_of(driver), headers=JSON).json()["authorization_details"]
    assert (asked["name"], asked["detail"]) == ("Print an album", ASKED)
    album, most = asked["fields"]
    assert album == {
        "name": "detail-0-album",
        "label": "Which album?",
        "help_text": "",
        "type": "radio",
        "required": True,
        "initial": None,
        "choices": [{"value": "snow", "label": "First <snow>"}, {"value": "sea", "label": "The sea"}],
        "multiple": False,
    }
    assert (most["type"], most["initial"], most["help_text"]) == ("number", 1, "Each costs a coin.")
    assert "choices" not in most


def test_the_choice_is_taken(driver: Driver) -> None:
    sent = answer(driver, page_of(driver), CHOICE).json()
    assert driver.redeem(query_of(sent["redirect_to"])["code"]).json()["authorization_details"] == [PICKED]


def test_a_choice_that_is_none_is_told_by_its_field(driver: Driver) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        refused = answer(driver, page, {**CHOICE, "album": "cats"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert list(refused.json()["fields"]) == ["detail-0-album"]
    with ledger.unchanged():
        refused = answer(driver, page, {**CHOICE, "most": "21"})
    assert list(refused.json()["fields"]) == [""]
    assert PendingRequest.objects.get().decided_at is None
    answer(driver, page, CHOICE)
    assert Authorization.objects.count() == 1


def test_added_objects_are_refused(driver: Driver) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        refused = answer(driver, page, {**CHOICE, "owner": "noor"})
    assert (refused.status_code, "fields" in refused.json()) == (400, False)
