"""Answers that cannot be written because too much happens at once (RFC 6749 §4.1.2.1): a page, or the client's own."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.models import Authorization, PendingRequest
from oauth_provider.sql import commit
from tests.driver import Driver, query_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.1.2.1")]


@pytest.fixture
def driver() -> Driver:
    driver = signed_in()
    driver.code()
    return driver


@pytest.fixture
def _contention(driver: Driver) -> Iterator[None]:
    """Some row is never as it was read."""
    with patch.object(commit, "commit", return_value=False):
        yield


def is_unavailable(response: Any) -> bool:
    assert "temporarily_unavailable" in response.content.decode()
    return bool(response.status_code == 503 and response["Retry-After"] and "Location" not in response)


@pytest.mark.usefixtures("_contention")
def test_a_person_may_try_again(driver: Driver) -> None:
    response = driver.authorize()
    assert is_unavailable(response)
    assert response.context["again"].startswith("/oauth/authorize?")


@pytest.mark.usefixtures("_contention")
def test_a_client_that_asked_for_no_page_is_told(driver: Driver) -> None:
    response = driver.authorize(prompt="none")
    assert response.status_code == 303
    told = query_of(response["Location"])
    assert (told["error"], told["state"]) == ("temporarily_unavailable", "a state")


def test_a_decision_that_was_not_written_can_be_made_again(driver: Driver) -> None:
    page = driver.authorize(prompt="consent")["Location"]
    with patch.object(commit, "commit", return_value=False):
        assert is_unavailable(driver.decide(page))
    assert PendingRequest.objects.latest("pk").decided_at is None
    assert driver.browser.get(page).status_code == 200
    before = Authorization.objects.count()
    assert "code=" in driver.decide(page)["Location"]
    assert Authorization.objects.count() == before + 1


@pytest.mark.usefixtures("_contention")
@pytest.mark.spec("RFC 9126", "2.3")
def test_a_push_that_was_not_stored_is_answered_503(driver: Driver) -> None:
    response = driver.push()
    assert (response.status_code, response.json()["error"]) == (503, "temporarily_unavailable")
    assert response["Retry-After"]
