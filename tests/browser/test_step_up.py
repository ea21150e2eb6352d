"""The playground with the photos service beside it: another API, and a step-up that a person goes through."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.playground import Playground
from tests.demo.fleet import AN_HOUR_LATER, Fleet, prepared, sailing

SCOPES = ("photos:read", "photos:print")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """All servers of the demo."""
    fleet = prepared(tmp_path_factory.mktemp("fleet"))
    with sailing(fleet):
        yield fleet


@pytest.mark.spec("RFC 9470", "5")
def test_a_print_is_ordered_after_a_new_sign_in(page: Page, fleet: Fleet) -> None:
    """The photos are there at once; a print an hour later asks for the password again, and then comes."""
    playground = Playground(page, fleet.described)
    playground.let_in(*SCOPES)
    playground.press("Call Photos")
    expect(playground.chosen).to_contain_text("The harbour at six")

    fleet.demo.manage("shell", "--command", AN_HOUR_LATER)
    playground.press("Order a print")
    assert playground.titles()[-1] == "401 insufficient_user_authentication"
    expect(playground.chosen).to_contain_text('max_age="60"')

    playground.press("Sign in again")
    expect(playground.chosen).to_contain_text("max_age")
    page.get_by_role("link", name="Go to the authorization server").first.click()
    expect(page.get_by_label("Password")).to_be_visible()
    playground.log_in()
    playground.press("Exchange the code for tokens")
    playground.press("Order a print")

    assert playground.titles()[-1] == "Ordered"
    expect(playground.chosen).to_contain_text("First snow")


@pytest.mark.spec("RFC 9396", "9")
def test_the_photo_that_was_picked_is_printed_and_no_other(page: Page, fleet: Fleet) -> None:
    """Photo Book asks for two prints; which photo, the person says."""
    playground = Playground(page, fleet.described)
    playground.open()
    page.get_by_label("photo_print").check()
    playground.press("Connect Photo Book")
    playground.go()
    page.get_by_label("Noor, laughing").check()
    playground.press("Allow")
    playground.press("Exchange the code for tokens")
    playground.press("Print the photo")
    assert playground.titles()[-1] == "Ordered"
    expect(playground.chosen).to_contain_text("Noor, laughing")
    playground.press("Print another photo")
    assert playground.titles()[-1] == "403 insufficient_scope"


def test_a_service_that_does_not_run_is_one_clear_line(page: Page, unasked: dict[str, Any]) -> None:
    """Only the provider was started."""
    playground = Playground(page, unasked)
    playground.let_in(*SCOPES)
    playground.press("Call Photos")

    expect(page.get_by_role("alert")).to_contain_text("does not answer: nothing listens there")
