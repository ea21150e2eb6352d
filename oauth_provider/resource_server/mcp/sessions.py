"""Owners of MCP sessions (Model Context Protocol, Security Considerations): a session id is of no use to others.

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
MAX_SESSIONS, MAX_SESSIONS_OF_OWNER = 10_000, 100


@dataclass(slots=True)
class Sessions:
    """Sessions that the app opened, each with its owner.

    The oldest sessions of an owner are dropped first; when all space is used, those of the owner with the most. So
    nobody can end the sessions of others by opening more.
    """

    _owners: dict[bytes, Owner] = field(default_factory=dict)
    _sessions: OrderedDict[Owner, OrderedDict[bytes, None]] = field(default_factory=OrderedDict)

    def admit(self, asked: Sequence[bytes], token: AccessToken) -> bool:
        """Does the holder of ``token`` own all of the sessions ``asked`` for? An unknown session has no owner."""
        return all(self._owners.get(session) == owner_of(token) for session in asked)

    def record_sessions(self, token: AccessToken, send: Send) -> Send:
        """Return a ``send`` that stores which session an answer opens, with the owner of ``token``."""

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
        if len(theirs) > MAX_SESSIONS_OF_OWNER:
            self._forget(next(iter(theirs)))
        while len(self._owners) > MAX_SESSIONS:
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
    """Return the owner of ``token``: issuer, client and subject, which stay the same after a refresh."""
    return token.issuer, token.client_id, token.sub
