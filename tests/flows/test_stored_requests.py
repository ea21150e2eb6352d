"""Requests that wait while the server is updated (RFC 9126 §2.2): older rows are gone on with, newer ones refused."""

from collections.abc import Callable
from typing import Any

import pytest

from oauth_provider.models import PendingRequest
from tests.driver import incompressible, query_of, signed_in
from tests.ledger import is_error_page

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9126", "2.2")]

NEWER: dict[str, Any] = {"version": 2, "parameters": {}}


def rewrite(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Have the one row say this."""
    row = PendingRequest.objects.get()
    row.parameters = change(row.parameters)
    row.save(update_fields=["parameters"])


def as_before(said: dict[str, Any]) -> dict[str, Any]:
    """As a page's row was written when rows had no version."""
    return {name: value for name, value in said.items() if name != "version"}


def as_pushed_before(said: dict[str, Any]) -> dict[str, Any]:
    return {"pairs": said["pairs"], "signed": said["signed"]}


def test_a_page_that_was_opened_before_an_update_can_be_answered() -> None:
    driver = signed_in()
    page = driver.authorize()["Location"]
    rewrite(as_before)
    assert driver.browser.get(page).status_code == 200
    assert driver.redeem(query_of(driver.decide(page)["Location"])["code"]).status_code == 200


def test_what_was_pushed_before_an_update_can_be_opened_and_answered_once() -> None:
    driver = signed_in()
    request_uri = driver.push().json()["request_uri"]
    rewrite(as_pushed_before)
    page = driver.open(request_uri)["Location"]
    assert "code" in query_of(driver.decide(page)["Location"])
    is_error_page(driver.open(request_uri), "invalid_request_uri")


def test_a_request_that_was_on_its_way_before_an_update_arrives() -> None:
    driver = signed_in()
    user = driver.browser.session["_auth_user_id"]
    driver.browser.logout()
    login = driver.authorize(state=incompressible(3_000))["Location"]
    rewrite(as_before)
    driver.sign_in(PendingRequest._meta.get_field("user").related_model.objects.get(pk=user))
    assert driver.browser.get(query_of(login)["next"])["Location"].startswith("/oauth/consent/")


@pytest.mark.parametrize("how", ["get", "post"])
def test_a_page_of_a_newer_version_is_refused_and_not_guessed_at(how: str) -> None:
    driver = signed_in()
    page = driver.authorize()["Location"]
    rewrite(lambda _said: NEWER)
    is_error_page(driver.browser.get(page) if how == "get" else driver.decide(page))
    assert PendingRequest.objects.get().decided_at is None


def test_a_pushed_request_of_a_newer_version_is_refused() -> None:
    driver = signed_in()
    request_uri = driver.push().json()["request_uri"]
    rewrite(lambda _said: NEWER)
    is_error_page(driver.open(request_uri))
