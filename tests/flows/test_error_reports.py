"""What an error report shows (RFC 6819 §5.1.6): an exception on the way must not mail secrets to the operators."""

import json
import sys
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import make_password
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret, SigningKey, TokenBinding
from oauth_provider.tokens.key_ring import _parsed, key_ring
from tests.driver import AUTHORIZE, Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.failing import failing_at
from tests.jose_keys import key

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


BROKEN = RuntimeError("out of order")


@pytest.mark.parametrize(
    "breaking", [failing_at(TokenBinding, BROKEN), patch("oauth_provider.tokens.issue.seal", side_effect=BROKEN)]
)
def test_a_report_of_a_failed_refresh_holds_no_token_and_no_secret(driver: Driver, breaking: Any) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    with breaking:
        report = reports_of(lambda: driver.refresh(refresh_token))
    for secret in (refresh_token, driver.application.secret):
        assert secret not in report
    assert "oat_" not in report
    assert "ort_" not in report


def test_a_report_of_a_failed_exchange_holds_no_code_and_no_verifier(driver: Driver) -> None:
    code = driver.code()
    with failing_at(TokenBinding, BROKEN):
        report = reports_of(lambda: driver.redeem(code))
    for secret in (code, driver.code_verifier, driver.application.secret):
        assert secret not in report


def test_a_report_of_a_hasher_that_fails_holds_no_secret(driver: Driver) -> None:
    """The slow way, which tries each secret that was stored as a hash."""
    presented = "a secret that was typed in"
    ClientSecret.objects.update(digest=None, encoded=make_password("another"))
    with patch("oauth_provider.clients.authentication.secret.check_password", side_effect=BROKEN):
        report = reports_of(lambda: driver.token(grant_type="client_credentials", client_secret=presented))
    assert presented not in report


@pytest.mark.parametrize("query", [{}, {"redirect_uri": "x", "request": "a.b.c"}])
def test_a_report_of_a_client_that_cannot_be_read_holds_no_secret_of_dots(driver: Driver, query: Any) -> None:
    secret = "PLAIN-TEXT-IN-THE-COLUMN-OF-DOT"
    application_model().objects.update(client_secret=secret, hash_client_secret=False)
    query = {"client_id": driver.application.client_id, "response_type": "code", **query}
    with patch("oauth_provider.clients.lookup.whole_row", side_effect=BROKEN):
        report = reports_of(lambda: driver.browser.get(AUTHORIZE, query))
    assert secret not in report


class FailingSigner:
    """A KMS on a bad day."""

    alg = "RS256"
    public_jwk = key("RS256").public_jwk

    def sign(self, message: bytes) -> bytes:
        raise RuntimeError("out of order")


def signers() -> list[FailingSigner]:
    return [FailingSigner()]


@pytest.mark.parametrize("exchange", ["redeem", "refresh"])
def test_a_report_of_a_signer_that_fails_holds_no_token(driver: Driver, settings: Any, exchange: str) -> None:
    driver.scope = "openid"
    credential = driver.code() if exchange == "redeem" else driver.tokens()["refresh_token"]
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNER": f"{__name__}.signers"}
    report = reports_of(lambda: getattr(driver, exchange)(credential))
    for secret in (credential, driver.application.secret, driver.code_verifier, "oat_", "ort_"):
        assert secret not in report


@pytest.mark.parametrize("place", ["tokens.key_ring.parse_jwk", "models.signing_key.SigningKey.__init__"])
def test_a_report_of_a_key_that_cannot_be_read_holds_no_private_key(driver: Driver, settings: Any, place: str) -> None:
    settings.OAUTH_PROVIDER = {"ISSUER": "https://auth.example.com", "SIGNING_ALGORITHMS": ["ES256"]}
    key_ring()
    private = json.loads(SigningKey.objects.get().open()[0] or "")["d"]
    _parsed.clear()
    with patch(f"oauth_provider.{place}", side_effect=RuntimeError("out of order")):
        report = reports_of(lambda: driver.browser.get("/oauth/jwks"))
    assert private not in report
    assert '"d"' not in report
    assert settings.SECRET_KEY not in {line.strip() for line in report.splitlines()}


def test_a_report_can_hold_what_a_view_forgets_to_hide() -> None:
    """The tests above can fail: this is how a report looks where nothing is hidden."""
    try:
        secret = "an open secret"
        raise RuntimeError(len(secret))
    except RuntimeError:
        reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info(), is_email=True)
    assert secret in reporter.get_traceback_html()
