"""A web server on loopback that says what a test wants, byte for byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Web:
    """``say`` is given the connection and the request's bytes; ``requests`` are those that came."""

    say: Callable[[socket.socket, bytes], None]
    port: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/introspect"


def answer(body: bytes | str, status: str = "200 OK", **headers: str) -> Callable[[socket.socket, bytes], None]:
    """Say a whole answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = {"Content-Length": str(len(content)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    whole = f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n".encode() + content
    return lambda connection, request: connection.sendall(whole)


@contextmanager
def serving(say: Callable[[socket.socket, bytes], None]) -> Iterator[Web]:
    """Serve one connection after the other until the end of the block."""
    web = Web(say)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(web, listener), daemon=True)
        thread.start()
        try:
            yield web
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(web: Web, listener: socket.socket) -> None:
    while True:
        try:
            connection, _peer = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            try:
                request = _request(connection)
                web.requests.append(request)
                web.say(connection, request)
            except OSError:
                continue


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _blank, body = received.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(4096)
    if not chunk:
        raise ConnectionError("The caller hung up.")
    return chunk
