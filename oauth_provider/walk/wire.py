"""Plain HTTP (RFC 9110): one request and its response, no redirect followed, and only to the given server."""

import http.client
import json
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from oauth_provider import __version__

CONNECT_TIMEOUT, READ_TIMEOUT, WHOLE_TIMEOUT = 5, 10, 20
MAX_BODY = 1_048_576
CHUNK = 65_536
DEFAULT_PORTS = {"http": 80, "https": 443}
HERE = ("127.0.0.1", "::1", "localhost")
NOBODY_LISTENS = "the connection was refused; nobody listens there."
# In this order: the later are more general than the earlier.
REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ConnectionRefusedError, NOBODY_LISTENS),
    (socket.gaierror, "there is no server of that name."),
    (
        (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError),
        f"it did not answer within {READ_TIMEOUT} seconds.",
    ),
    (ConnectionResetError, "it closed the connection without an answer (is it https?)."),
    (http.client.BadStatusLine, "what answers there does not speak HTTP."),
    (http.client.IncompleteRead, "the answer broke off."),
)
REDIRECTS = (301, 302, 303, 307, 308)


class Trouble(Exception):
    """The walk cannot go on; the text tells a person why."""


class Unreachable(Trouble):
    """No complete HTTP response came from ``server``."""

    def __init__(self, server: str, why: str) -> None:
        super().__init__(f"{server} cannot be reached: {why}")
        self.server = server
        self.why = why

    def is_not_started(self, url: str) -> bool:
        """Is it only that the server of ``url``, on this machine, is not running?"""
        return self.why == NOBODY_LISTENS and origin_of(self.server) == origin_of(url) and split(url).hostname in HERE


@dataclass(frozen=True, slots=True)
class Request:
    """Request to send. ``actor`` is the role that is played: the browser, the app, or the API."""

    actor: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """Response as received. ``body`` is text; bytes that are not UTF-8 are replaced."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def location(self) -> str:
        """Return the URL of a redirect; "" for other responses."""
        return self.headers.get("Location", "") if self.status in REDIRECTS else ""

    @property
    def is_html(self) -> bool:
        """Is it an HTML page?"""
        return self.headers.get("Content-Type", "").lower().startswith("text/html")

    def members(self) -> dict[str, Any]:
        """Return the JSON object in the body; {} where there is none."""
        try:
            value = json.loads(self.body)
            json.dumps(value, allow_nan=False)  # Python reads Infinity, which is no JSON
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response."""

    request: Request
    response: Response


class _Session(requests.Session):
    """Session that ignores redirects: to prepare the next request, ``requests`` would read the whole body."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None."""
        return None


class Wire:
    """HTTP to the server of ``url`` only. ``keeps_cookies`` makes it a browser's, else it is a program's."""

    def __init__(self, url: str, *, keeps_cookies: bool = False) -> None:
        self._origin = origin_of(url)
        self._cookies = RequestsCookieJar()
        self._keeps_cookies = keeps_cookies
        self._session = _Session()
        # Neither .netrc nor a proxy may see or add credentials; only the certificates are the environment's.
        self._session.trust_env = False
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._session.headers.update(
            {"User-Agent": f"oauth_walk/{__version__}", "Accept-Encoding": "identity", "Connection": "close"}
        )

    def serves(self, url: str) -> bool:
        """Is ``url`` on this server?"""
        try:
            return origin_of(url) == self._origin
        except Trouble:
            return False

    def send(self, request: Request) -> Exchange:
        """Send ``request`` and return the exchange.

        Raise ``Trouble`` for another server, ``Unreachable`` without a response.
        """
        if not self.serves(request.url):
            raise Trouble(f"{request.url} is not on the server that was named, so nothing was sent there.")
        self._session.cookies = self._cookies if self._keeps_cookies else RequestsCookieJar()
        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=dict(request.form) if request.form is not None else None,
                allow_redirects=False,
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                stream=True,
            )
            with answer:
                body = b"".join(_pieces(answer, request))
        except ValueError as error:  # a URL or a header that no library takes
            raise Trouble(f"{request.url} cannot be asked for: {error}") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise Unreachable(server_of(request.url), reason(error)) from error
        finally:
            self._session.close()  # a connection that the server is about to close must not be used again
        return Exchange(request, Response(answer.status_code, _headers(answer), body.decode(errors="replace")))


def split(url: str) -> SplitResult:
    """Return the parts of ``url``. Raise ``Trouble`` unless it is http or https and has a host."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.username is not None:
        raise Trouble(f"{url} is not an http or https URL.")
    return parts


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port (RFC 6454 §4). Raise ``Trouble``."""
    parts = split(url)
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def server_of(url: str) -> str:
    """Return scheme and authority of ``url``, to show to a person. Raise ``Trouble``."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}"


def reason(error: BaseException) -> str:
    """Return in a few words why no response came."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or cause}. REQUESTS_CA_BUNDLE names other certificates to trust."
        for kinds, words in REASONS:
            if isinstance(cause, kinds):
                return words
    return f"{type(error).__name__}."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield ``error`` and its causes, the innermost first, since that is the clearest."""
    if error is None:
        return
    inner = [one for one in error.args if isinstance(one, BaseException)]
    wrapped = getattr(error, "reason", None)
    if isinstance(wrapped, BaseException):
        inner.append(wrapped)
    for one in (*inner, error.__cause__ or error.__context__):
        yield from _causes(one)
    yield error


def _pieces(answer: requests.Response, request: Request) -> Iterator[bytes]:
    """Yield the body in pieces. Raise ``Trouble`` above ``MAX_BODY`` bytes or ``WHOLE_TIMEOUT`` seconds."""
    deadline, size = time.monotonic() + WHOLE_TIMEOUT, 0
    while piece := answer.raw.read1(CHUNK):
        size += len(piece)
        if size > MAX_BODY:
            raise Trouble(f"{request.method} {request.url} is answered with more than {MAX_BODY} bytes.")
        if time.monotonic() > deadline:
            raise Trouble(f"{request.method} {request.url} is not answered to its end in {WHOLE_TIMEOUT} seconds.")
        yield piece


def _headers(answer: requests.Response) -> Mapping[str, str]:
    return CaseInsensitiveDict((name, value) for name, value in answer.headers.items())
