"""The developers' part of an error page (RFC 6749 §4.1.2.1): what is wrong, and no more to a stranger than that."""

from typing import Any

import pytest

from tests.driver import Driver, signed_in
from tests.factories import CALLBACK

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.1.2.1")]

REGISTERED = f"{CALLBACK} https://second.example.com/cb"


@pytest.fixture
def driver() -> Driver:
    driver = signed_in()
    driver.application.redirect_uris = REGISTERED
    driver.application.save()
    return driver


def shown(driver: Driver, **parameters: str) -> str:
    response = driver.authorize(**parameters)
    assert response.status_code == 400
    page: str = response.content.decode()
    return page


def test_a_redirect_uri_that_is_nearly_right_is_told_with_its_mistake(driver: Driver) -> None:
    page = shown(driver, redirect_uri=f"{CALLBACK}/")
    assert "One that is registered differs by a slash at its end." in page
    assert "second.example.com" not in page


def test_a_redirect_uri_that_is_another_is_told_as_not_registered(driver: Driver) -> None:
    page = shown(driver, redirect_uri="https://elsewhere.example.com/")
    assert "redirect_uri is not registered for this application." in page
    assert CALLBACK not in page


@pytest.mark.parametrize("debug", [False, True])
def test_the_operators_detail_is_shown_while_debug_is_on_alone(driver: Driver, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    page = shown(driver, redirect_uri="https://elsewhere.example.com/<b>")
    assert ("https://second.example.com/cb" in page) is debug
    assert ("elsewhere.example.com/&lt;b&gt;" in page) is debug
    assert "<b>" not in page
