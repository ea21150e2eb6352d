"""Databases that are away, read-only or full (RFC 9110 §15.6.4): which errors mean that, and how guards tell it."""

import asyncio
import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import (
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.resource_server import database_outage
from oauth_provider.resource_server.authentication import authenticate
from oauth_provider.resource_server.database_outage import Reporter, is_outage
from oauth_provider.resource_server.views import requires_authorization_details, requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from tests.outages import OUTAGES, caused

pytestmark = pytest.mark.spec("RFC 9110", "15.6.4")

GOOD = {"Authorization": "Bearer good"}


# -- which errors ------------------------------------------------------------------------------------------------


def test_a_database_that_is_away_read_only_or_full_is_an_outage() -> None:
    errors: dict[str, Any] = {name: make() for name, make in OUTAGES.items()}
    assert [name for name, error in errors.items() if not is_outage(error)] == []


def test_a_mistake_is_none() -> None:
    mistakes: list[Any] = [
        ProgrammingError("no such function"),
        DataError("value too long"),
        IntegrityError("duplicate key"),
        InternalError("nothing more is known"),
        caused(ProgrammingError, "relation does not exist", sqlstate="42P01"),
        caused(InternalError, "current transaction is aborted", sqlstate="25P02"),
        caused(IntegrityError, "duplicate key", sqlstate="23505"),
        caused(OperationalError, "index row size exceeds maximum", sqlstate="54000"),
        caused(OperationalError, "object not in prerequisite state", sqlstate="55000"),
        caused(OperationalError, "no such table: x", sqlite_errorcode=1),
    ]
    assert [error for error in mistakes if is_outage(error)] == []


def raised_by_sqlite(path: str, *statements: str) -> Error:
    """What Django raises for what SQLite raises."""
    connection = sqlite3.connect(f"file:{path}", uri=True)
    try:
        for statement in statements:
            connection.execute(statement)
    except sqlite3.OperationalError as error:
        raised = OperationalError(*error.args)
        raised.__cause__ = error
        return raised
    finally:
        connection.close()
    raise AssertionError("It succeeded.")


def test_sqlite_says_by_its_codes_what_happened(tmp_path: Path) -> None:
    path = str(tmp_path / "one.sqlite3")
    assert not is_outage(raised_by_sqlite(path, "CREATE TABLE kept (a)", "SELECT * FROM nowhere"))
    assert not is_outage(raised_by_sqlite(path, "SELEKT 1"))
    assert is_outage(raised_by_sqlite(f"{path}?mode=ro", "INSERT INTO kept VALUES (1)"))
    large = "INSERT INTO kept VALUES (zeroblob(100000))"
    assert is_outage(raised_by_sqlite(path, "PRAGMA max_page_count = 3", large))
    with sqlite3.connect(path) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert is_outage(raised_by_sqlite(path, "PRAGMA busy_timeout = 0", "SELECT * FROM kept"))
    writer.close()


# -- what the log is told ----------------------------------------------------------------------------------------


def test_why_is_logged_once_a_second(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    reporter, passed, clock = Reporter(), 0.0, time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + passed)
    for _time in range(5):
        reporter.report(OperationalError("connection refused\nDETAIL: a value of a row"))
    assert [record.message for record in caplog.records] == [
        "The database cannot be used: OperationalError: connection refused"
    ]
    passed = 1.0
    reporter.report(InterfaceError("connection already closed"))
    assert len(caplog.records) == 2


# -- guards ------------------------------------------------------------------------------------------------------


def away(token: str) -> Any:
    """A verifier whose database is away."""
    raise OUTAGES["shut down"]()


def mistaken(token: str) -> Any:
    """A verifier with a mistake in its SQL."""
    raise ProgrammingError("no such column")


@pytest.fixture
def outage(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.away"}
    monkeypatch.setattr(database_outage, "reporter", Reporter())


@requires_scopes("notes:read")
def notes(request: HttpRequest) -> HttpResponse:
    return HttpResponse("notes")


@requires_scopes("notes:read")
async def notes_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse("notes")


@requires_authorization_details("payment")
def payments(request: HttpRequest) -> HttpResponse:
    return HttpResponse("payments")


@requires_scopes("notes:read", session=True)
def notes_or_session(request: HttpRequest) -> HttpResponse:
    return HttpResponse("notes")


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]

    def get(self, request: Any) -> Response:
        return Response("notes")


def told_to_come_back(response: Any) -> bool:
    response = response.render() if hasattr(response, "render") else response
    has_challenge = response.has_header("WWW-Authenticate")  # another token would not help
    body = b'"error":"temporarily_unavailable"' in response.content.replace(b": ", b":")
    return response.status_code == 503 and response["Retry-After"] == "10" and body and not has_challenge


def test_every_guard_answers_503(outage: None) -> None:
    request = RequestFactory().get("/notes", headers=GOOD)
    assert told_to_come_back(notes(request))
    assert told_to_come_back(payments(request))
    assert told_to_come_back(asyncio.run(notes_async(RequestFactory().get("/notes", headers=GOOD))))
    assert told_to_come_back(Notes.as_view()(APIRequestFactory().get("/notes", headers=GOOD)))


def test_a_guard_that_lets_sessions_in_answers_503_where_the_session_cannot_be_read(outage: None) -> None:
    class Session:
        def get(self, name: str, default: Any = None) -> Any:
            raise OUTAGES["connection refused"]()

    request: Any = RequestFactory().get("/notes")
    request.user, request.session = AnonymousUser(), Session()
    assert told_to_come_back(notes_or_session(request))
    request.session = {}
    assert notes_or_session(request).status_code == 401


def test_why_is_told_to_the_log_alone(outage: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    for _time in range(4):
        response = notes(RequestFactory().get("/notes", headers=GOOD))
        assert b"terminating" not in response.content
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "terminating connection" in caplog.text


def test_django_reports_none_of_these_answers(outage: None, caplog: pytest.LogCaptureFixture) -> None:
    """It would be one mail to the admins for each call."""
    calls = [RequestFactory().get("/notes", headers=GOOD), APIRequestFactory().get("/notes", headers=GOOD)]
    for view, request in zip((notes, Notes.as_view()), calls, strict=True):
        response = view(request)
        log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
    assert [record.name for record in caplog.records if record.name == "django.request"] == []


def test_a_mistake_stays_an_error(settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.mistaken"}
    with pytest.raises(ProgrammingError):
        notes(RequestFactory().get("/notes", headers=GOOD))
    with pytest.raises(ProgrammingError):
        Notes.as_view()(APIRequestFactory().get("/notes", headers=GOOD))


def test_what_was_raised_is_kept_beside_what_is_said(outage: None) -> None:
    with pytest.raises(ServiceUnavailable) as raised:
        authenticate(RequestFactory().get("/notes", headers=GOOD))
    assert isinstance(raised.value.__cause__, OperationalError)
