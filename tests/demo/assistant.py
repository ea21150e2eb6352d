"""An assistant on somebody's desktop: the MCP SDK's own client and its OAuth, with the person played over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

from tests.demo.fleet import Fleet
from tests.person import Person

CALLBACK = "http://127.0.0.1:49152/callback"


@dataclass
class Storage:
    """Where the SDK keeps things. ``client`` was registered beforehand; where it is None, the SDK registers one."""

    client: OAuthClientInformationFull | None
    is_registered: bool = True
    tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        assert not self.is_registered, "The client is registered; nothing registers it again."
        self.client = client_info


@dataclass
class Assistant:
    """One assistant of one person. ``asked`` are its authorization requests, ``sent`` all that it sent, in order."""

    fleet: Fleet
    decision: str = "allow"
    is_registered: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: list[tuple[str, str, int]] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        client = self.fleet.described["clients"]["assistant"]
        self.person = Person(self.fleet.described["issuer"])
        known = OAuthClientInformationFull(
            client_id=client["client_id"], redirect_uris=[CALLBACK], token_endpoint_auth_method="none"
        )
        self.storage = Storage(known if self.is_registered else None, self.is_registered)
        self.answer: dict[str, str] = {}

    def run(self, act: Callable[[Client], Awaitable[Any]], mode: str = "auto", url: str = "") -> Any:
        """What ``act`` makes of a connected client."""
        return asyncio.run(asyncio.wait_for(self._connected(act, mode, url or self.fleet.assistant), 60))

    async def _connected(self, act: Callable[[Client], Awaitable[Any]], mode: str, url: str) -> Any:
        oauth = OAuthClientProvider(
            url,
            OAuthClientMetadata(redirect_uris=[CALLBACK], client_name="Assistant"),
            self.storage,
            redirect_handler=self._open_browser,
            callback_handler=self._callback,
        )
        hooks = {"response": [self._note]}
        async with (
            httpx2.AsyncClient(auth=oauth, timeout=30, event_hooks=hooks, trust_env=False) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode) as client,
        ):
            return await act(client)

    async def _note(self, response: httpx2.Response) -> None:
        self.sent.append(
            (response.request.method, str(response.request.url.copy_with(query=None)), response.status_code)
        )
        if "www-authenticate" in response.headers:
            self.challenges.append(response.headers["www-authenticate"])

    async def _open_browser(self, url: str) -> None:
        self.asked.append(dict(parse_qsl(urlsplit(url).query)))
        self.answer = dict(parse_qsl(urlsplit(await asyncio.to_thread(self._browse, url)).query))

    def _browse(self, url: str) -> str:
        """The person logs in where asked, and decides."""
        page: Any = self.person.go(url)
        if not isinstance(page, str) and 'name="password"' in page.text:
            page = self.person.submit(page, **self.fleet.described["user"])
        if not isinstance(page, str):
            page = self.person.submit(page, decision=self.decision)
        assert isinstance(page, str), page.text
        return page

    async def _callback(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(
            code=self.answer.get("code", ""), state=self.answer.get("state"), iss=self.answer.get("iss")
        )
