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
REMEMBERED, OF_ONE_OWNER = 10_000, 100


@dataclass(slots=True)
class Sessions:
    """The sessions that the app opened, each with who was answered.

    Of each owner's the oldest are forgotten first, and, where there is no room, of the owner's with the most: nobody
    ends the sessions of others by opening more.
    """

    _owners: dict[bytes, Owner] = field(default_factory=dict)
    _sessions: OrderedDict[Owner, OrderedDict[bytes, None]] = field(default_factory=OrderedDict)

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
        self._forget(session)
        theirs = self._sessions.setdefault(owner, OrderedDict())
        self._sessions.move_to_end(owner)
        self._owners[session], theirs[session] = owner, None
        if len(theirs) > OF_ONE_OWNER:
            self._forget(next(iter(theirs)))
        while len(self._owners) > REMEMBERED:
            crowd = max(self._sessions.values(), key=len)
            self._forget(next(iter(crowd)))

    def _forget(self, session: bytes) -> None:
        owner = self._owners.pop(session, None)
        if owner is None:
            return
        theirs = self._sessions[owner]
        del theirs[session]
        if not theirs:
            del self._sessions[owner]


def owner_of(token: AccessToken) -> Owner:
    """Who holds ``token``: the same after a refresh."""
    return token.issuer, token.client_id, token.sub
