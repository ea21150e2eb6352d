"""Clients that are known by a document: the network that has them, and the documents of programs that people use.

In our own words, as their makers publish them: where the document is, where answers go, how they prove themselves.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache

from oauth_provider.clients.documents import copies
from oauth_provider.fetch import Fetched, FetchError
from tests.driver import Driver
from tests.flows.request_objects import jwks

URL = "https://notes.example/oauth/client.json"
CALLBACK = "https://notes.example/callback"


def document(url: str = URL, **changes: Any) -> dict[str, Any]:
    """A document; a change to None leaves a member out."""
    members = {
        "client_id": url,
        "client_name": "Notes on the go",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    } | changes
    return {name: value for name, value in members.items() if value is not None}


@dataclass
class Network:
    """Stands for all web servers: what each URL answers, and which were asked. What is not there is an outage."""

    answers: dict[str, Fetched | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, url: str = URL, *, headers: dict[str, str] | None = None, **changes: Any) -> None:
        """Answer a document from now on."""
        self.say(json.dumps(document(url, **changes)), url, headers=headers)

    def say(
        self, body: str | bytes = "", url: str = URL, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        """Answer this from now on."""
        sent = {"content-type": "application/json"} | (headers or {})
        self.answers[url] = Fetched(status, sent, body.encode() if isinstance(body, str) else body)

    def fail(self, url: str = URL) -> None:
        """Answer nothing from now on."""
        self.answers[url] = FetchError("down")

    def fetch(self, url: str, *args: Any, **kwargs: Any) -> Fetched:
        """In the place of ``oauth_provider.fetch.fetch``."""
        self.asked.append(url)
        answer = self.answers.get(url, FetchError("down"))
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Named:
    """What a driver asks of a client that nobody registered."""

    client_id: str = URL
    secret: str = ""


def driver_of(client_id: str = URL, redirect_uri: str = CALLBACK, **changes: Any) -> Driver:
    """Return a driver of the client at ``client_id``."""
    return Driver(Named(client_id), redirect_uri=redirect_uri, **changes)


@dataclass(frozen=True)
class Program:
    """A program that people connect: its document, where the answer to it goes, and what it asks for."""

    url: str
    members: dict[str, Any]
    redirect_uri: str
    alg: str = ""


# Scopes of their own that this server has not are left out, as are grants that are for other servers.
PROGRAMS = {
    "chatgpt": Program(
        "https://chatgpt.com/oauth/a1b2c3/client.json",
        {
            "client_name": "ChatGPT",
            "redirect_uris": ["https://chatgpt.com/connector/oauth/a1b2c3"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "RS256",
            "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
        },
        "https://chatgpt.com/connector/oauth/a1b2c3",
        alg="RS256",
    ),
    "claude": Program(
        "https://claude.ai/oauth/mcp-oauth-client-metadata",
        {
            "client_name": "Claude",
            "client_uri": "https://claude.ai",
            "redirect_uris": ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        },
        "https://claude.ai/api/mcp/auth_callback",
    ),
    "claude-code": Program(
        "https://claude.ai/oauth/claude-code-client-metadata",
        {
            "client_name": "Claude Code",
            "client_uri": "https://claude.ai",
            "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        },
        "http://localhost:54545/callback",
    ),
    "vscode": Program(
        "https://vscode.dev/oauth/client-metadata.json",
        {
            "client_name": "Visual Studio Code",
            "client_uri": "https://code.visualstudio.com",
            "logo_uri": "https://code.visualstudio.com/logo.png",
            "redirect_uris": ["http://127.0.0.1:33418/", "https://vscode.dev/redirect", "http://127.0.0.1/"],
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
        },
        "http://127.0.0.1:33418/",
    ),
    "cursor": Program(
        "https://cursor.com/mcp/client-metadata.json",
        {
            "client_name": "Cursor",
            "client_uri": "https://cursor.com",
            "redirect_uris": ["cursor://anysphere.cursor-mcp/oauth/callback", "https://www.cursor.com/agents/callback"],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
        },
        "cursor://anysphere.cursor-mcp/oauth/callback",
    ),
    # These two, and mcp-remote, register themselves today. Published, their metadata would be this.
    "codex": Program(
        "https://openai.com/codex/client.json",
        {
            "client_name": "Codex",
            "redirect_uris": ["http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        },
        "http://127.0.0.1:39457/callback",
    ),
    "gemini-cli": Program(
        "https://geminicli.com/oauth/client.json",
        {
            "client_name": "Gemini CLI MCP Client",
            "redirect_uris": ["http://localhost:7777/oauth/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "scope": "mcp:read mcp:write",
        },
        "http://localhost:7777/oauth/callback",
    ),
    "mcp-remote": Program(
        "https://mcp-remote.example/client.json",
        {
            "client_name": "MCP CLI Proxy",
            "client_uri": "https://github.com/modelcontextprotocol/mcp-cli",
            "redirect_uris": ["http://localhost:3334/oauth/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "software_id": "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
            "software_version": "0.1.0",
        },
        "http://localhost:3334/oauth/callback",
    ),
}


def with_keys(program: Program, *keys: Any) -> dict[str, Any]:
    """Return the document of a program whose keys stand in it."""
    return {**program.members, "jwks_uri": None, "jwks": jwks(*keys)}


def open_network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Network:
    """Open the door, and have the network be a dictionary with one honest document."""
    cache.clear()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {"DOCUMENT": {"IS_OPEN": True}}}
    network = Network()
    network.publish()
    monkeypatch.setattr(copies, "fetch", network.fetch)
    return network
