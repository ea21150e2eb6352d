"""What an error report shows (RFC 6819 §5.1.6): an exception on the way must not mail secrets to the operators."""

import sys
from typing import Any
from unittest.mock import patch

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6819", "5.1.6")]


def reports_of(act: Any) -> str:
    """The text and the HTML that Django would mail for the exception that ``act`` raises."""
    caught: list[Any] = []

    def keep(sender: Any, request: Any = None, **kwargs: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        caught.extend([reporter.get_traceback_text(), reporter.get_traceback_html()])

    from django.core.signals import got_request_exception

    got_request_exception.connect(keep)
    try:
        act()
    finally:
        got_request_exception.disconnect(keep)
    assert caught
    return "".join(caught)


@pytest.fixture
def driver() -> Driver:
    driver = Driver(ApplicationFactory())
    driver.sign_in(UserFactory())
    driver.browser.raise_request_exception = False
    return driver


@pytest.mark.parametrize("place", ["oauth_provider.models.token.TokenBinding.save", "oauth_provider.tokens.issue.seal"])
def test_a_report_of_a_failed_refresh_holds_no_token_and_no_secret(driver: Driver, place: str) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    made: list[str] = []

    def fail(*args: Any, **kwargs: Any) -> None:
        made.extend(value for value in kwargs.values() if isinstance(value, str))
        raise RuntimeError("out of order")

    with patch(place, fail):
        report = reports_of(lambda: driver.refresh(refresh_token))
    for secret in (refresh_token, driver.application.secret):
        assert secret not in report
    assert "oat_" not in report
    assert "ort_" not in report


def test_a_report_of_a_failed_exchange_holds_no_code_and_no_verifier(driver: Driver) -> None:
    code = driver.code()
    with patch("oauth_provider.models.token.TokenBinding.save", side_effect=RuntimeError("out of order")):
        report = reports_of(lambda: driver.redeem(code))
    for secret in (code, driver.code_verifier, driver.application.secret):
        assert secret not in report


def test_a_report_can_hold_what_a_view_forgets_to_hide() -> None:
    """The tests above can fail: this is how a report looks where nothing is hidden."""
    try:
        secret = "an open secret"
        raise RuntimeError(len(secret))
    except RuntimeError:
        reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info(), is_email=True)
    assert secret in reporter.get_traceback_html()
