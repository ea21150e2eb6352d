"""One of the servers, called in this process as a WSGI server would call it, and timed."""

import base64
import gc
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

FORM = "application/x-www-form-urlencoded"
# What Django's CSRF check compares; any 32 letters do.
CSRF = "c" * 32
HOST = "api.example.com"
Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one flow took, in nanoseconds: by the clock, and of this thread's CPU time."""

    wall: int
    cpu: int


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: str
    location: str
    body: bytes

    def require(self) -> "Reply":
        """Return the answer. Raises ``RuntimeError`` where it is no success: nothing else is measured."""
        if not self.status.startswith(("200", "302", "303")) or "error=" in self.location:
            raise RuntimeError(f"{self.status} {self.location}: {self.body[:300]!r}")
        return self

    def json(self) -> Any:
        """The members of a success."""
        return json.loads(self.require().body)


def get(path: str, token: str = "") -> Environ:
    """A GET request, with an access token if there is one."""
    path, _mark, query = path.partition("?")
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return _environ("GET", path) | {"QUERY_STRING": query} | headers


def post(path: str, form: dict[str, str]) -> Environ:
    """A POST request of a form."""
    body = urlencode(form).encode()
    sent = {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
    return _environ("POST", path) | sent


def post_as(client_id: str, secret: str, path: str, form: dict[str, str]) -> Environ:
    """A POST request of a form by a client that authenticates with HTTP Basic."""
    credentials = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return post(path, form) | {"HTTP_AUTHORIZATION": f"Basic {credentials}"}


def in_session(environ: Environ, session: str) -> Environ:
    """The same request by the browser of a person who is signed in."""
    cookies = f"sessionid={session}; csrftoken={CSRF}"
    return environ | {"HTTP_COOKIE": cookies, "HTTP_ORIGIN": f"https://{HOST}", "HTTP_ACCEPT": "text/html"}


def _environ(method: str, path: str) -> Environ:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "HTTP_ACCEPT": "application/json",
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
    }


class Server:
    """The WSGI application of this process."""

    def __init__(self) -> None:
        self._application = WSGIHandler()

    def call(self, environ: Environ) -> Reply:
        """One request, from the environment to the last byte and the closing of the response."""
        status, location = "", ""

        def start_response(line: str, headers: Any, exc_info: Any = None) -> Any:
            nonlocal status, location
            status, location = line, dict(headers).get("Location", "")

        response = self._application(environ, start_response)
        body = b"".join(response)
        response.close()
        return Reply(status, location, body)

    def time(self, flows: Iterable["Flow"]) -> list[Sample]:
        """What each of ``flows`` takes. The garbage of the batch is collected before and after it, not within."""
        waiting = list(flows)
        samples = []
        replies = []
        gc.collect()
        gc.disable()
        try:
            for flow in waiting:
                wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
                reply = flow(self)
                samples.append(Sample(time.perf_counter_ns() - wall, time.thread_time_ns() - cpu))
                replies.append(reply)
        finally:
            gc.enable()
        for reply in replies:
            reply.require()
        return samples

    def statements(self, flow: "Flow") -> int:
        """How many SQL statements one flow costs, BEGIN and COMMIT counted."""
        with CaptureQueriesContext(connection) as captured:
            flow(self).require()
        return len(captured.captured_queries)


# One or more requests that are ready to be sent; the last of their answers.
Flow = Callable[[Server], Reply]


def one(environ: Environ) -> Flow:
    """A flow of a single request."""
    return lambda server: server.call(environ)
