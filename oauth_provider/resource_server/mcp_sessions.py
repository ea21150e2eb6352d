"""Whose an MCP session is (Model Context Protocol, Security Considerations): a session's id opens nothing for others.

The revision of 2026-07-28 has no sessions, but servers still speak the older ones.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.resource_server.token import AccessToken

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Owner = tuple[str, str, str | None]

SESSION_ID = b"mcp-session-id"
REMEMBERED = 10_000


@dataclass(slots=True)
class Sessions:
    """The sessions that the app opened, each with who was answered; the oldest are forgotten first."""

    _owners: OrderedDict[bytes, Owner] = field(default_factory=OrderedDict)

    def admit(self, asked: Sequence[bytes], token: AccessToken) -> bool:
        """May the holder of ``token`` use the sessions that were asked for? One that is not known is nobody's."""
        return all(self._owners.get(session) == owner_of(token) for session in asked)

    def noting(self, token: AccessToken, send: Send) -> Send:
        """A ``send`` that notes the session which an answer opens."""

        async def note(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                for key, value in message.get("headers", ()):
                    if key.lower() == SESSION_ID:
                        self._keep(value, owner_of(token))
            await send(message)

        return note

    def _keep(self, session: bytes, owner: Owner) -> None:
        self._owners[session] = owner
        self._owners.move_to_end(session)
        while len(self._owners) > REMEMBERED:
            self._owners.popitem(last=False)


def owner_of(token: AccessToken) -> Owner:
    """Who holds ``token``: the same after a refresh."""
    return token.issuer, token.client_id, token.sub
