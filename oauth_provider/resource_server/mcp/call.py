"""What an MCP client calls (Model Context Protocol, Streamable HTTP): the one JSON-RPC message of a POST."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from oauth_provider.protocol.strict_json import parse_object

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MAX_SIZE = 4 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 200_000


class Unreadable(Exception):
    """The body is no message of JSON-RPC, or (413) larger than anybody reads."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


class Disconnected(Exception):
    """The client hung up before it had said everything."""


def tool_of(body: bytes) -> str | None:
    """The tool that the message calls, or None for any other message. Raises ``Unreadable`` for what is no message.

    The app parses the same bytes again, so what two parsers could read in two ways is refused: a member that is
    repeated, an encoding that is not UTF-8, a batch (which the revision of 2025-06-18 did away with).
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
    """The whole body of a request. Raises ``Unreadable`` and ``Disconnected``."""
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


def replayed(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that says ``body`` first, and then what comes."""
    said = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal said
        if said:
            return await receive()
        said = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
