"""One of the two servers, called in this process as a WSGI server would call it, and timed."""

import base64
import gc
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

FORM = "application/x-www-form-urlencoded"
Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one request took, in nanoseconds: by the clock, and of this thread's CPU time."""

    wall: int
    cpu: int


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: str
    body: bytes

    def json(self) -> Any:
        """The members. Raises ``RuntimeError`` where the answer is not a success: nothing else is measured."""
        if not self.status.startswith("200"):
            raise RuntimeError(f"{self.status}: {self.body[:300]!r}")
        return json.loads(self.body)


def get(path: str, token: str = "") -> Environ:
    """A GET request, with an access token if there is one."""
    return _environ("GET", path) | ({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {})


def post(path: str, form: dict[str, str], client_id: str, secret: str) -> Environ:
    """A POST request of a form by a client that authenticates with HTTP Basic."""
    body = urlencode(form).encode()
    credentials = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return _environ("POST", path) | {
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Basic {credentials}",
        "wsgi.input": BytesIO(body),
    }


def _environ(method: str, path: str) -> Environ:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "api.example.com",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "api.example.com",
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
        status = ""

        def start_response(line: str, headers: Any, exc_info: Any = None) -> Any:
            nonlocal status
            status = line

        response = self._application(environ, start_response)
        body = b"".join(response)
        response.close()
        return Reply(status, body)

    def time(self, requests: Iterable[Environ]) -> list[Sample]:
        """What each of ``requests`` takes. The garbage of the batch is collected before and after it, not within."""
        waiting = list(requests)
        samples = []
        replies = []
        gc.collect()
        gc.disable()
        try:
            for environ in waiting:
                wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
                reply = self.call(environ)
                samples.append(Sample(time.perf_counter_ns() - wall, time.thread_time_ns() - cpu))
                replies.append(reply)
        finally:
            gc.enable()
        for reply in replies:
            reply.json()
        return samples

    def statements(self, environ: Environ) -> int:
        """How many SQL statements one request costs, BEGIN and COMMIT counted."""
        with CaptureQueriesContext(connection) as captured:
            self.call(environ).json()
        return len(captured.captured_queries)
