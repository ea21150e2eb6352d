"""Calls of MCP clients (Model Context Protocol, Streamable HTTP): the one JSON-RPC message of a POST."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from oauth_provider.protocol.strict_json import parse_object

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MAX_SIZE = 4 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 200_000


class Unreadable(Exception):
    """The body is not a JSON-RPC message, or (413) is too large."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


class Disconnected(Exception):
    """The client closed the connection before its message was complete."""


def tool_of(body: bytes) -> str | None:
    """Return the tool that the message calls, or None for another message. Raise ``Unreadable`` for any other body.

    The app parses the same bytes again, so what two parsers could read differently is refused: a repeated member,
    an encoding that is not UTF-8, a batch (removed in the revision of 2025-06-18).
    """
    try:
        message = parse_object(body.decode(), max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS)
    except ValueError as error:
        raise Unreadable from error
    if message.get("method") != "tools/call":
        return None
    parameters = message.get("params")
    name = parameters.get("name") if isinstance(parameters, dict) else None
    if not isinstance(name, str):
        raise Unreadable
    return name


async def read_body(receive: Receive, limit: int) -> bytes:
    """Return the whole body of a request. Raise ``Unreadable`` (413) above ``limit`` bytes, and ``Disconnected``."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise Unreadable(413)
    return bytes(body)


def replay_body(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that yields ``body`` first and then what the original receives."""
    said = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal said
        if said:
            return await receive()
        said = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
