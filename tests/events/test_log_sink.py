"""Lines of the log about refusals (RFC 6749 §5.2): each reaches the console once, with its reason, on one line."""

import io
import logging
import logging.config
import sys
from typing import Any

import pytest
from django.utils.log import DEFAULT_LOGGING

from oauth_provider.events import log_sink
from oauth_provider.events.emit import emit
from oauth_provider.events.event import RequestRefused
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.spec("RFC 6749", "5.2")

LOGGER = "oauth_provider.events"
NASTY = "a\nWARNING root forged\r\x1b[31m\u2028\u202e\u05d0"


def refusal(**changes: str) -> RequestRefused:
    facts = {"reason": "code_expired", "error": "invalid_grant", "description": "The code has expired.", "detail": ""}
    return RequestRefused(**facts | {"client_id": "notes", "path": "/oauth/token", "address": ""} | changes)


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == LOGGER]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"grant_type": "authorization_code", "code": "x"}, "code_malformed"),
        ({"grant_type": "password"}, "grant_type_unsupported"),
        ({"grant_type": "client_credentials"}, "grant_type_not_allowed"),
        ({}, "parameter_missing"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "refresh_token_unknown"),
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, "client_secret_wrong"),
    ],
)
def test_every_refused_token_request_is_a_warning_with_its_reason(
    caplog: pytest.LogCaptureFixture, parameters: dict[str, str], reason: str
) -> None:
    driver = Driver(ApplicationFactory())
    assert driver.token(**parameters).status_code >= 400
    (record,) = lines(caplog)
    assert (record.levelname, f"reason='{reason}'" in record.getMessage()) == ("WARNING", True)
    assert "path='/oauth/token'" in record.getMessage()


@pytest.mark.django_db
def test_a_request_that_is_sent_back_to_its_client_is_a_warning_and_a_silent_no_is_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    driver = signed_in()
    driver.authorize(scope="notes:raed")
    assert [(one.levelname, "reason='scope_misspelt'" in one.getMessage()) for one in lines(caplog)] == [
        ("WARNING", True)
    ]
    caplog.clear()
    driver.authorize(prompt="none", scope="openid")
    assert lines(caplog) == []


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "WARNING"),
        ({"error": "temporarily_unavailable", "reason": "client_failed_too_often"}, "WARNING"),
        ({"error": "server_error", "reason": "signing_key_missing"}, "ERROR"),
        ({"error": "login_required"}, "INFO"),
        ({"error": "access_denied"}, "INFO"),
        ({"error": "access_denied", "reference": "abcd"}, "WARNING"),
        ({"error": "invalid_token"}, "INFO"),
        ({"error": "temporarily_unavailable", "reason": "database_away"}, "INFO"),
    ],
)
def test_each_refusal_has_the_level_of_what_is_to_be_done_about_it(
    caplog: pytest.LogCaptureFixture, changes: dict[str, str], level: str
) -> None:
    with caplog.at_level(logging.DEBUG, logger=LOGGER):
        emit(refusal(**changes))
    assert [record.levelname for record in lines(caplog)] == [level]


@pytest.mark.parametrize("fact", ["description", "detail", "client_id", "path", "address"])
def test_no_fact_of_a_refusal_breaks_out_of_its_line(caplog: pytest.LogCaptureFixture, fact: str) -> None:
    emit(refusal(**{fact: NASTY * 1_000}))
    (record,) = lines(caplog)
    line = record.getMessage()
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 2 * log_sink.MAX_TEXT + 200


@pytest.mark.django_db
def test_a_secret_in_the_wrong_place_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    driver = Driver(ApplicationFactory())
    secret = driver.application.secret
    driver.browser.get("/oauth/authorize", {"client_id": secret, "response_type": "code"})
    driver.token(grant_type="client_credentials", scope=secret)
    driver.token(grant_type=secret)
    assert lines(caplog)
    assert secret not in caplog.text
    assert secret[4:20] not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("server", ["runserver", "gunicorn"])
def test_the_reason_reaches_the_console_once_by_the_default_configuration(
    monkeypatch: pytest.MonkeyPatch, settings: Any, server: str
) -> None:
    """Django configures ``django`` and ``django.server``, gunicorn its own two; neither anything of ours."""
    settings.DEBUG = server == "runserver"
    driver, console = Driver(ApplicationFactory()), io.StringIO()
    logger = logging.getLogger(LOGGER)
    assert (logger.handlers, logger.propagate) == ([], True)
    with monkeypatch.context() as changed:
        changed.setattr(sys, "stderr", console)
        changed.setattr(logging.getLogger(), "handlers", [])  # without those of pytest
        logging.config.dictConfig(DEFAULT_LOGGING)
        driver.token(grant_type="authorization_code", code="x")
    logging.config.dictConfig(DEFAULT_LOGGING)
    told = [line for line in console.getvalue().splitlines() if "code_malformed" in line]
    assert [line.split()[0] for line in told] == ["request_refused"]
