"""Logs, error mails and error reports (RFC 6819 §5.1.6): no handle, ticket or code of our URLs is in them."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import django
import pytest
from django.core import mail
from django.test import Client as Browser
from django.test import RequestFactory

from oauth_provider.models import PendingRequest
from oauth_provider.pages.log_mask import LOGGERS, MaskHandles, connect, masked, security_loggers
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.sealed import unseal
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.test_error_reports import reports_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6819", "5.1.6")]

HANDLE = "0123456789abcdefghijABCDEFGHIJ0123456789xyz"
CODE = "oac_" + "a" * 49
TICKET = "eyJhbGciOiJub25lIn0abcdef:1xXyK2:k4WTFZhgKFoQypRQHFBC5pC38_veIEDIvEGTc4ULdTk"


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(username="ann"))
    driver.browser.raise_request_exception = False
    return driver


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that any logger says, with the traceback."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in LOGGERS)]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield stream
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Bad Request: /oauth/consent/{HANDLE}", "Bad Request: /oauth/consent/***"),
        (f"/sso/oauth/consent/{HANDLE}/?again", "/sso/oauth/consent/***/?again"),
        (f'"GET /oauth/authorize?ticket={TICKET} HTTP/1.1" 303', '"GET /oauth/authorize?ticket=*** HTTP/1.1" 303'),
        (f"/login/?next=/oauth/authorize%3Fticket%3D{TICKET}&x=1", "/login/?next=/oauth/authorize%3Fticket%3D***&x=1"),
        (
            f"/oauth/authorize?client_id=a&request_uri=urn:ietf:params:oauth:request_uri:{HANDLE}",
            "/oauth/authorize?client_id=a&request_uri=***",
        ),
        (f"urn:ietf:params:oauth:request_uri:{HANDLE} was opened", "urn:ietf:params:oauth:request_uri:*** was opened"),
        (f"/callback?code={CODE}&state=s", "/callback?code=oac_***&state=s"),
        ("/oauth/authorize?login_hint=ann@example.com&scope=a", "/oauth/authorize?login_hint=***&scope=a"),
        ("/oauth/consent/short", "/oauth/consent/short"),
        ("/notes/?requested=1&code=12", "/notes/?requested=1&code=12"),
    ],
)
def test_what_is_masked_in_a_line(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_no_log_line_of_a_refusal_holds_the_handle(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    handle = page.rsplit("/", 1)[1]
    with logged() as stream:
        driver.decide(page, "maybe")
        with ledger.later(1_200):
            driver.decide(page)
        Browser(enforce_csrf_checks=True).post(page, {"decision": "allow"})
        driver.browser.get(f"/elsewhere/consent/{handle}")
    assert handle not in stream.getvalue()
    assert stream.getvalue().count("/consent/***") >= 4


@each("name", LOGGERS)
def test_loggers_of_urls_are_filtered_once(name: str) -> None:
    connect()
    assert len([one for one in logging.getLogger(name).filters if isinstance(one, MaskHandles)]) == 1


def test_an_access_log_with_named_arguments_is_masked() -> None:
    record = logging.LogRecord(
        "gunicorn.access", 20, "", 0, "%(r)s %(s)s", ({"r": f"GET /oauth/consent/{HANDLE}", "s": "200"},), None
    )
    assert MaskHandles().filter(record)
    assert record.getMessage() == "GET /oauth/consent/*** 200"
    broken = logging.LogRecord("django.server", 20, "", 0, "%s %s", ("one",), None)
    assert MaskHandles().filter(broken)


def mail_to_operator(settings: Any) -> None:
    """Django 6 takes addresses alone, and 6.1 mailers by name."""
    address = "operator@example.com"
    settings.ADMINS = [address] if django.VERSION >= (6, 0) else [("Operator", address)]
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


def test_a_mail_about_a_suspicious_call_holds_no_handle(driver: Driver, settings: Any) -> None:
    from django.utils.log import AdminEmailHandler

    mail_to_operator(settings)
    page = driver.authorize()["Location"]
    handle = page.rsplit("/", 1)[1]
    assert {"django.security.DisallowedHost", "django.security.TooManyFieldsSent"} < set(security_loggers())
    connect()
    mailer = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.security")
    logger.addHandler(mailer)
    try:
        settings.ALLOWED_HOSTS = ["elsewhere.example"]
        assert driver.browser.get(page).status_code == 400
        settings.ALLOWED_HOSTS = ["*"]
        assert driver.browser.post(page, {f"field{number}": "" for number in range(1_100)}).status_code == 400
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1
        form = "application/x-www-form-urlencoded"
        assert driver.browser.post(page, "decision=allow", content_type=form).status_code in (400, 413)
    finally:
        logger.removeHandler(mailer)
    assert len(mail.outbox) >= 3
    for message in mail.outbox:
        assert handle not in message.body
        assert handle not in str(message.alternatives)
    assert "/oauth/consent/***" in mail.outbox[0].body


@pytest.mark.parametrize("include_html", [False, True])
def test_an_error_mail_holds_no_handle(driver: Driver, settings: Any, include_html: bool) -> None:
    from django.utils.log import AdminEmailHandler

    mail_to_operator(settings)
    page = driver.authorize()["Location"]
    handle = page.rsplit("/", 1)[1]
    mailer = AdminEmailHandler(include_html=include_html)
    logger = logging.getLogger("django.request")
    logger.addHandler(mailer)
    try:
        with patch("oauth_provider.pages.consent.decide", side_effect=RuntimeError("out of order")):
            assert driver.browser.post(page, {"decision": "allow"}, headers={"Referer": page}).status_code == 500
    finally:
        logger.removeHandler(mailer)
    for message in mail.outbox:
        assert "/oauth/consent/***" in message.subject
        text = "".join([message.subject, message.body, *(part[0] for part in getattr(message, "alternatives", []))])
        assert handle not in text
        assert "RuntimeError" in text
    assert any(getattr(message, "alternatives", []) for message in mail.outbox) == include_html


def test_a_report_of_an_error_shows_no_handle_in_a_variable_or_header(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    handle = page.rsplit("/", 1)[1]
    with patch("oauth_provider.pages.consent.inquiry_of", side_effect=RuntimeError("out of order")):
        report = reports_of(lambda: driver.browser.get(page, headers={"X-Original-Url": page}))
    shown = [line for line in report.splitlines() if handle in line]
    # The reporter itself names the URL; what makes a mail of it is given a masked request (above).
    assert all("/oauth/consent/" in line for line in shown)
    assert f"'{handle}'" not in report
    assert "X_ORIGINAL_URL" in report
    assert not [line for line in shown if "ORIGINAL" in line]


def test_a_handle_and_a_dump_open_no_answer(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    handle = page.rsplit("/", 1)[1]
    driver.decide(page)
    row = PendingRequest.objects.get(handle_digest=digest(handle))
    assert row.sealed_answer
    assert unseal(row.sealed_answer, secret=handle, context=row.context("allow")) is None


def test_a_sweep_takes_the_answer_away_once_it_is_refused(driver: Driver) -> None:
    from django.core.management import call_command

    page = driver.authorize()["Location"]
    code = query_of(driver.decide(page)["Location"])["code"]
    with ledger.later(9):
        call_command("oauth_sweep", verbosity=0)
        assert query_of(driver.decide(page)["Location"])["code"] == code
    PendingRequest.objects.update(expires_at=PendingRequest.objects.get().created_at.replace(year=2100))  # an older row
    with ledger.later(11):
        call_command("oauth_sweep", verbosity=0)
        assert not PendingRequest.objects.exists()


def test_a_line_about_too_many_parameters_is_written() -> None:
    """What is told may be that nobody can read the query."""
    request = RequestFactory().get("/oauth/authorize?" + "&".join(f"p{number}=" for number in range(1_001)))
    record = logging.makeLogRecord({"msg": "Bad Request", "levelno": logging.ERROR, "request": request})
    assert MaskHandles().filter(record) is True
    assert dict(record.__dict__["request"].GET) == {}
