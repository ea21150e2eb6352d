"""The demo's MCP server: a person's notes as tools for assistants, made with the MCP SDK, behind ``guard``.

``python -m demo_project.assistant.server`` serves it. It shares the demo's database, and so verifies tokens as the
provider does; one on another machine would ask, as the photos service does.
"""

import os
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_project.settings")
django.setup()

import uvicorn  # noqa: E402 - the models come after the settings
from mcp.server.mcpserver import Context, MCPServer  # noqa: E402
from mcp.server.transport_security import TransportSecuritySettings  # noqa: E402

from demo_project import addresses  # noqa: E402
from demo_project.notes.models import TEXT_LENGTH, Note  # noqa: E402
from oauth_provider.resource_server.mcp import App, guard  # noqa: E402

SHOWN = 20

server: MCPServer[Any] = MCPServer("Notes", instructions="The notes of the person who let you in.", log_level="WARNING")


@server.tool()
async def list_notes(context: Context[Any, Any]) -> list[str]:
    """The newest notes, the newest first."""
    return [note.text async for note in Note.objects.filter(owner_id=person(context))[:SHOWN]]


@server.tool()
async def add_note(text: str, context: Context[Any, Any]) -> str:
    """Write a note down."""
    owner = person(context)
    text = text.replace("\x00", "").strip()[:TEXT_LENGTH]
    if owner is None or not text:
        raise ValueError("A note needs somebody to belong to, and a text.")
    await Note.objects.acreate(owner_id=owner, text=text)
    return f"Noted: {text}"


def person(context: Context[Any, Any]) -> Any:
    """Whose notes these are; nobody's where a client acts for itself. The guard left the token in the ASGI scope."""
    request: Any = context.request_context.request
    user = request.scope["auth"].user
    return user and user.pk


def application() -> App:
    """The server as an ASGI application. It keeps no sessions, as the revision of 2026-07-28 has none."""
    hosts = [urlsplit(addresses.ASSISTANT).netloc]
    app: Any = server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[addresses.ASSISTANT]),
    )
    return guard(
        app,
        resource=addresses.ASSISTANT_RESOURCE,
        scopes="notes:read",
        tools={"add_note": "notes:write"},
        name="Notes for assistants",
    )


if __name__ == "__main__":
    uvicorn.run(application(), host="127.0.0.1", port=urlsplit(addresses.ASSISTANT).port or 80)
