"""One call of an ASGI application, without a server."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

DISCONNECT = {"type": "http.disconnect"}


@dataclass
class Answer:
    """What was sent. ``status`` is None where nothing was."""

    messages: list[Any]

    @property
    def status(self) -> int | None:
        return self.messages[0]["status"] if self.messages else None

    @property
    def headers(self) -> dict[str, str]:
        return {key.decode(): value.decode() for key, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    def json(self) -> Any:
        return json.loads(self.body)


def call(
    app: Any,
    path: str = "/mcp",
    method: str = "POST",
    body: Any = b"",
    headers: Iterable[tuple[str, str]] | Mapping[str, str] = (),
    query: bytes = b"",
    incoming: list[Any] | None = None,
) -> Answer:
    """``body`` is bytes or what is sent as JSON; ``incoming`` are the server's messages, where they are special."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote_to_bytes(path).decode(errors="replace"),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(key.lower().encode(), value.encode("latin-1")) for key, value in pairs],
        "server": ("mcp.example", 443),
    }
    queue = list(incoming or [{"type": "http.request", "body": content, "more_body": False}])
    sent: list[Any] = []

    async def receive() -> Any:
        return queue.pop(0) if queue else DISCONNECT

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return Answer(sent)
