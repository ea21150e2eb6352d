"""Bodies of requests (RFC 9112 §6.1): one that comes in pieces, and one that something else has read."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.test import RequestFactory

from oauth_provider.form_body import read_body
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.form import MAX_LENGTH
from tests import ledger
from tests.driver import AUTHORIZE, FORM, INTROSPECT, LOGOUT, PAR, REVOKE, TOKEN, USERINFO, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9112", "6.1")]

PROGRAMS = [TOKEN, REVOKE, INTROSPECT, PAR]
# What a middleware may look at before any view does.
LOOKS: dict[str, Callable[[HttpRequest], Any]] = {
    "body": lambda http: http.body,
    "form": lambda http: http.POST,
    "stream": lambda http: http.read(),
    "part of the stream": lambda http: http.read(3),
}
BODY = b"grant_type=client_credentials&scope=notes%3Aread"


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(service=True))


class Pieces(BytesIO):
    """A stream that never gives all it has at once."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(7, size) if size and size > 0 else 7)


class Broken(BytesIO):
    """A stream whose other end hung up."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError("connection reset")


def chunked(driver: Driver, path: str, stream: BytesIO, *, ends: bool = True, **extra: Any) -> Any:
    """POST a body without a length, as a WSGI server passes it on that puts the pieces together, or does not."""
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": FORM, "wsgi.input": stream, **extra}
    if ends:
        environ["wsgi.input_terminated"] = True
    return driver.browser.request(REQUEST_METHOD="POST", PATH_INFO=path, **environ)


def in_body(driver: Driver) -> bytes:
    """The credentials and the grant."""
    return BODY + "".join(f"&{name}={value}" for name, value in driver.credentials.items()).encode()


def test_a_chunked_token_request_is_read(service: Driver) -> None:
    response = chunked(service, TOKEN, Pieces(in_body(service)))
    assert response.status_code == 200, response.content
    assert response.json()["scope"] == "notes:read"


@pytest.mark.spec("RFC 9110", "15.5.12")
@each("path", PROGRAMS)
def test_a_chunked_body_that_cannot_be_read_is_411(service: Driver, path: str) -> None:
    with ledger.unchanged():
        response = chunked(service, path, Pieces(in_body(service)), ends=False)
    ledger.refused(response, "invalid_request", 411)
    assert "Content-Length" in response.json()["error_description"]


@pytest.mark.parametrize("path", [AUTHORIZE, LOGOUT])
def test_a_person_is_told_the_same_on_a_page(service: Driver, path: str) -> None:
    assert chunked(service, path, Pieces(in_body(service)), ends=False).status_code == 411


def test_a_chunked_body_is_read_no_further_than_it_may_go(service: Driver) -> None:
    stream = Pieces(b"a" * (MAX_LENGTH * 2))
    ledger.refused(chunked(service, TOKEN, stream), "invalid_request", 413)
    assert stream.tell() <= MAX_LENGTH + 7


def test_a_chunked_body_that_breaks_off_is_invalid_request(service: Driver) -> None:
    ledger.refused(chunked(service, TOKEN, Broken()), "invalid_request")


def test_a_chunked_body_is_no_form_by_itself(service: Driver) -> None:
    response = chunked(service, TOKEN, Pieces(in_body(service)), CONTENT_TYPE="application/json")
    ledger.refused(response, "invalid_request")


def test_a_length_counts_where_there_is_one(service: Driver) -> None:
    length = str(len(in_body(service)))
    assert chunked(service, TOKEN, BytesIO(in_body(service)), ends=False, CONTENT_LENGTH=length).status_code == 200


def test_django_itself_reads_a_chunked_body_under_asgi() -> None:
    headers = [(b"transfer-encoding", b"chunked"), (b"content-type", FORM.encode())]
    scope = {"type": "http", "method": "POST", "path": TOKEN, "headers": headers, "query_string": b""}
    assert read_body(ASGIRequest(scope, BytesIO(BODY))) == BODY.decode()


@pytest.fixture
def middleware(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """A middleware that looks at the request before any view does, by ``request.param``."""

    def look(get_response: Any) -> Any:
        def middleware(http: HttpRequest) -> Any:
            LOOKS[request.param](http)
            return get_response(http)

        return middleware

    with patch("tests.flows.test_bodies.looking", look, create=True):
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.flows.test_bodies.looking"]
        yield


@pytest.mark.usefixtures("middleware")
@pytest.mark.parametrize("middleware", ["body", "form"], indirect=True)
def test_a_middleware_that_looked_at_the_body_or_form_changes_nothing(service: Driver) -> None:
    assert service.token(grant_type="client_credentials", scope="notes:read").status_code == 200


@pytest.mark.usefixtures("middleware")
@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize("middleware", ["stream", "part of the stream"], indirect=True)
@pytest.mark.parametrize("path", PROGRAMS)
def test_a_stream_that_a_middleware_has_read_is_invalid_request(
    service: Driver, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "oauth_provider")
    with ledger.unchanged():
        ledger.refused(post(service.browser, path, {**service.credentials, "token": "x"}), "invalid_request")
    assert "middleware" in caplog.text, "the operator is told whose fault it is"


@pytest.mark.usefixtures("middleware")
@pytest.mark.parametrize("middleware", ["stream"], indirect=True)
def test_userinfo_and_pages_say_so_too(service: Driver) -> None:
    ledger.refused(post(service.browser, USERINFO, {"access_token": "x"}), "invalid_request")
    assert post(service.browser, AUTHORIZE, service.request()).status_code == 400


@each("length", ["abc", "-", "1e3"])
def test_a_length_that_is_no_number_is_invalid_request(length: str) -> None:
    request = RequestFactory().post(TOKEN, BODY, content_type=FORM, CONTENT_LENGTH=length)
    with pytest.raises(InvalidRequest):
        read_body(request)
