"""Outbound HTTP, all of it (RFC 7591 §5, RFC 9101 §10.4): limits on destination, time and size.

A name is resolved once. All its addresses must be public, and the connection goes to one of these, so a name that
changes a moment later has no effect. Redirects are not followed, proxies of the environment are not used, and nothing
is decompressed.

URLs that a third party named are fetched so. Only a URL that the operator configured may be in the operator's own
network.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from oauth_provider import resolver
from oauth_provider.protocol.public_address import is_public

MAX_BYTES = 65_536
TIMEOUT = 5.0
CHUNK = 16_384
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class FetchError(Exception):
    """No usable answer came. The text is for the operator: a caller must not learn what answered."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Answer that is not a redirect: its status, its headers by lower-case name, and its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one fetch: ``timeout`` in seconds, for everything, the name lookup included, and ``max_bytes`` of body.

    ``is_configured`` says that the operator wrote this URL.
    """

    timeout: float = TIMEOUT
    max_bytes: int = MAX_BYTES
    is_configured: bool = False


DEFAULT_LIMITS = Limits()


def fetch(
    url: str, limits: Limits = DEFAULT_LIMITS, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Fetched:
    """GET ``url``, or POST ``body`` to it, and return the answer. Raise ``FetchError``, also for a redirect."""
    deadline = time.monotonic() + limits.timeout
    try:
        parts = _checked(url, limits)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = resolve(parts.hostname or "", port, limits)
        connection = _Connection(parts, port, addresses, deadline)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _exchange(connection, target, limits, body, {"Accept-Encoding": "identity", **(headers or {})})
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise FetchError(f"{url!r} cannot be fetched: {type(error).__name__}: {error}") from error


def _checked(url: str, limits: Limits) -> SplitResult:
    """Return the parts of ``url``: https, or http to this machine where the operator configured that."""
    parts = urlsplit(url)
    if not parts.hostname or "@" in parts.netloc or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("it is no URL of a server")
    is_local = limits.is_configured and parts.hostname in LOOPBACK_NAMES
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise ValueError("it is not https")
    return parts


def resolve(host: str, port: int, limits: Limits) -> list[str]:
    """Return the addresses of ``host``. Raise ``OSError``, and ``ValueError`` if a third party's name is private."""
    names = resolver.configured if limits.is_configured else resolver.third_party
    addresses = names.addresses(host, port, limits.timeout)
    if not limits.is_configured and not all(is_public(address) for address in addresses):
        raise ValueError("it leads into a private network")
    return addresses


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Connection(http.client.HTTPConnection):
    """Connection to one of the checked addresses, with TLS for the name in the URL."""

    def __init__(self, parts: SplitResult, port: int, addresses: list[str], deadline: float) -> None:
        super().__init__(parts.hostname or "", port)
        self.deadline = deadline
        self.is_tls = parts.scheme == "https"
        self.addresses = addresses
        # http.client forgets its socket before the body of a closing connection is read.
        self.wire: socket.socket | None = None
        # http.client names the port in Host unless it is this one.
        self.default_port = 443 if self.is_tls else 80

    def connect(self) -> None:
        """Connect to the first address that answers."""
        for number, address in enumerate(self.addresses, 1):
            try:
                self.sock = self.wire = socket.create_connection((address, self.port), self.time_left())
                break
            except OSError:
                if number == len(self.addresses):
                    raise

    def secure(self) -> None:
        """Start TLS, and check that the certificate is for the name."""
        if self.is_tls:
            tls = _tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self.wire = tls  # before it shakes hands, for whoever must cut it off
            tls.do_handshake()

    def time_left(self) -> float:
        """Return the seconds until the deadline. Raise ``TimeoutError`` where there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        return left


def _exchange(
    connection: _Connection, target: str, limits: Limits, body: bytes | None, headers: dict[str, str]
) -> Fetched:
    connection.connect()
    # A socket's timeout starts anew with every byte; this one does not.
    watchdog = threading.Timer(connection.time_left(), lambda: _shut(connection.wire))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.secure()
        connection.request("GET" if body is None else "POST", target, body, headers)
        response = connection.getresponse()
        if 300 <= response.status < 400:
            raise ValueError(f"it redirects ({response.status})")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise ValueError("it is compressed")
        content = _read(response, limits.max_bytes)
        connection.time_left()  # what was cut off may read like an answer that is short
        named = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(response.status, named, content)
    finally:
        watchdog.cancel()
        connection.close()


def _read(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    content = b""
    while chunk := response.read(min(CHUNK, max_bytes + 1 - len(content))):
        content += chunk
        if len(content) > max_bytes:
            raise ValueError(f"it is longer than {max_bytes} bytes")
    # A body that was cut off ends as any other does.
    if response.length:
        raise ValueError("it ended early")
    return content


def _shut(sock: socket.socket | None) -> None:
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
