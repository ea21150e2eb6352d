"""What the client remembers: its own session, in a cookie of its own, apart from anybody's login.

A client elsewhere would not share the authorization server's session either.
"""

import re
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from demo_project.playground.message import Message

COOKIE = "demo_client"
LIFETIME = 24 * 60 * 60
# Another number for another shape: what was kept under an older one is forgotten.
KEY = "photo_book_2"
SESSION_KEY = re.compile(r"[a-z0-9]{32}")
MOST_MESSAGES = 80
MOST_PENDING = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """An authorization request that has not been answered yet; ``state`` finds it again."""

    state: str
    code_verifier: str
    nonce: str
    scope: str
    order: bool = False  # of a print, in full (RFC 9396)
    max_age: str = ""
    acr_values: str = ""

    @property
    def is_about_a_person(self) -> bool:
        """Does it ask who somebody is (OpenID Connect)?"""
        return "openid" in self.scope.split()


@dataclass(slots=True)
class Memory:
    """One visitor's walk through the flow, as the client knows it. Newest ``refresh_tokens`` last.

    ``challenge`` is what an API said that was not content with how long ago the visitor signed in (RFC 9470 §3).
    ``seen`` messages were there before the last press: those after it are drawn as they came.
    """

    metadata: dict[str, str] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    answered: Pending | None = None
    code: str = ""
    code_spent: bool = False
    access_token: str = ""
    scope: str = ""
    photo: str = ""  # that the visitor picked, by its name
    refresh_tokens: list[str] = field(default_factory=list)
    challenge: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    ended: str = ""
    notice: str = ""
    seen: int = 0

    def add(self, *messages: Message) -> None:
        """Write messages down."""
        self.messages.extend(messages)

    def remember(self, pending: Pending) -> None:
        """Another request is on its way; a second tab's stays good."""
        self.pending = [*self.pending, pending][-MOST_PENDING:]

    def recall(self, state: str) -> Pending | None:
        """The request that an answer with ``state`` belongs to; it is found once."""
        found = next((one for one in self.pending if one.state == state), None)
        self.pending = [one for one in self.pending if one is not found]
        return found

    @property
    def asked(self) -> Pending | None:
        """The request that this walk is about; None before there is one."""
        if self.answered is None and self.messages and self.pending:
            return self.pending[-1]
        return self.answered

    @property
    def is_full(self) -> bool:
        """Has so much happened that the diagram cannot be read any more?"""
        return len(self.messages) >= MOST_MESSAGES


class ClientSession:
    """The session behind the client's own cookie."""

    def __init__(self, request: HttpRequest) -> None:
        engine = import_module(settings.SESSION_ENGINE)
        key = request.COOKIES.get(COOKIE, "")
        self.store: SessionBase = engine.SessionStore(key if SESSION_KEY.fullmatch(key) else None)
        self.memory = _from_json(self.store.get(KEY))

    @property
    def key(self) -> str:
        """Names this visitor; empty before anything was kept."""
        return self.store.session_key or ""

    def forget(self) -> None:
        """Begin anew. Requests that are on their way in another tab may still be answered."""
        self.memory = Memory(metadata=self.memory.metadata, pending=self.memory.pending)

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Save what is remembered, and let ``response`` carry the cookie."""
        self.store[KEY] = _as_json(self.memory)
        self.store.set_expiry(LIFETIME)
        self.store.save()
        response.set_cookie(
            COOKIE,
            self.key,
            max_age=LIFETIME,
            httponly=True,
            samesite="Lax",
            secure=settings.ISSUER.startswith("https:"),
        )
        return response


def _as_json(memory: Memory) -> dict[str, Any]:
    return {**asdict(memory), "messages": [message.as_json() for message in memory.messages]}


def _from_json(kept: dict[str, Any] | None) -> Memory:
    if kept is None:
        return Memory()
    answered = kept["answered"]
    return Memory(
        **{
            **kept,
            "pending": [Pending(**one) for one in kept["pending"]],
            "messages": [Message.from_json(one) for one in kept["messages"]],
            "answered": Pending(**answered) if answered else None,
        }
    )
