"""The MCP server of the demo, used by the SDK's own client with its own OAuth (MCP Authorization, 2026-07-28)."""

from typing import Any

import pytest
import requests
from mcp import Client
from mcp.client.auth import OAuthFlowError

from tests.demo.assistant import Assistant
from tests.demo.fleet import Fleet, metadata_of
from tests.web import answer, serving

pytestmark = [pytest.mark.xdist_group("fleet"), pytest.mark.spec("MCP Authorization", "Authorization Flow Steps")]

DELETE = """
from oauth2_provider.models import Application
Application.objects.get(client_id="{client_id}").delete()
"""
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture
def assistant(fleet: Fleet) -> Assistant:
    """Somebody's assistant, who is connected to nothing yet."""
    return Assistant(fleet)


@pytest.fixture(scope="module")
def token(fleet: Fleet) -> str:
    """A good token for the server."""
    return fleet.visitor().allow("notes:read", resource=fleet.assistant)


def texts(result: Any) -> list[str]:
    """What a tool answered."""
    return [part.text for part in result.content]


async def read(client: Client) -> list[str]:
    return texts(await client.call_tool("list_notes"))


async def write(client: Client) -> list[str]:
    return texts(await client.call_tool("add_note", {"text": "Written by an assistant"}))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_finds_everything_from_the_address_of_the_server(fleet: Fleet, mode: str) -> None:
    """401, metadata, metadata, browser, code, token, tool; with PKCE, ``resource``, and ``iss`` checked by the SDK."""
    assistant = Assistant(fleet)
    assert "Water the plants" in "".join(assistant.run(read, mode))

    issuer = fleet.described["issuer"]
    (asked,) = assistant.asked
    assert (asked["resource"], asked["scope"].split()[0]) == (fleet.assistant, "notes:read")
    assert (asked["code_challenge_method"], asked["client_id"]) == ("S256", "demo-assistant")
    assert assistant.answer["iss"] == issuer
    first = [url for _method, url, _status in assistant.sent[:4]]
    assert first == [
        fleet.assistant,
        metadata_of(fleet.assistant),
        f"{issuer}/.well-known/oauth-authorization-server",
        f"{issuer}/oauth/token",
    ]
    assert [status for _method, _url, status in assistant.sent[:4]] == [401, 200, 200, 200]


@pytest.mark.spec("RFC 7591", "3")
def test_an_assistant_that_nobody_has_heard_of_registers_itself_and_again_when_it_is_gone(fleet: Fleet) -> None:
    """From the address of the server alone; the SDK takes ``registration_endpoint`` from our metadata."""
    assistant = Assistant(fleet, is_registered=False)
    assert "Water the plants" in "".join(assistant.run(read))
    issuer, made = fleet.described["issuer"], assistant.storage.client
    assert made is not None
    assert ("POST", f"{issuer}/oauth/register", 201) in assistant.sent
    assert assistant.asked[0]["client_id"] == made.client_id != "demo-assistant"

    fleet.demo.manage("shell", "-c", DELETE.format(client_id=made.client_id))
    tokens = assistant.storage.tokens
    assert tokens is not None
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token, "client_id": made.client_id}
    gone = requests.post(f"{issuer}/oauth/token", data=form, timeout=10)
    assert (gone.status_code, gone.json()["error"]) == (401, "invalid_client")


def test_the_token_is_for_that_server_and_no_other(fleet: Fleet, assistant: Assistant) -> None:
    """Neither the notes API nor the photos take it, though the notes are the same and the scope would do."""
    assistant.run(read)
    assert assistant.storage.tokens is not None
    token = assistant.storage.tokens.access_token

    assert fleet.visitor().call("GET", token).status_code == 401
    assert fleet.call(token).status_code == 401


@pytest.mark.spec("MCP Authorization", "Step-Up Authorization Flow")
def test_a_tool_that_needs_more_makes_the_assistant_ask_for_more(assistant: Assistant) -> None:
    """403 insufficient_scope, a second authorization with both scopes, and the call goes through."""

    async def both(client: Client) -> list[str]:
        await read(client)
        assert len(assistant.asked) == 1
        return [*await write(client), *await read(client)]

    done = assistant.run(both)
    assert done[0] == "Noted: Written by an assistant"
    assert "Written by an assistant" in "".join(done[1:])
    assert [set(asked["scope"].split()) & {"notes:read", "notes:write"} for asked in assistant.asked] == [
        {"notes:read"},
        {"notes:read", "notes:write"},
    ]
    assert 'error="insufficient_scope"' in assistant.challenges[-1]
    assert 'scope="notes:read notes:write"' in assistant.challenges[-1]


def test_a_person_who_says_no_stays_alone_with_their_notes(fleet: Fleet) -> None:
    """The assistant gets no code, and no token."""
    assistant = Assistant(fleet, decision="deny")
    with pytest.RaisesGroup(OAuthFlowError, allow_unwrapped=True, flatten_subgroups=True):
        assistant.run(read)

    assert assistant.answer["error"] == "access_denied"
    assert assistant.storage.tokens is None


def test_what_was_revoked_opens_nothing_and_the_assistant_asks_anew(fleet: Fleet, assistant: Assistant) -> None:
    """The server shares the provider's table, so it knows at once."""
    assistant.run(read)
    tokens = assistant.storage.tokens
    assert tokens is not None
    form = {"token": tokens.refresh_token, "client_id": "demo-assistant"}
    requests.post(f"{fleet.described['issuer']}/oauth/revoke", data=form, timeout=10).raise_for_status()

    assert post(fleet, tokens.access_token).status_code == 401
    assistant.run(read)
    assert len(assistant.asked) == 2


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize("resource", ["", "notes", "photos"])
def test_a_token_that_was_not_issued_for_the_server_is_refused(fleet: Fleet, resource: str) -> None:
    """Whatever its scope; one that names no resource at all included."""
    places = {"notes": f"{fleet.described['issuer']}/api/notes", "photos": fleet.resource}
    parameters = {"resource": places[resource]} if resource else {}
    token = fleet.visitor().allow("photos:read" if resource == "photos" else "notes:read", **parameters)

    refused = post(fleet, token)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")


def test_a_server_that_points_at_the_metadata_of_another_gets_no_token(fleet: Fleet, assistant: Assistant) -> None:
    """The SDK compares the ``resource`` of the metadata with the address it was given."""
    header = f'Bearer resource_metadata="{metadata_of(fleet.assistant)}"'
    refused = pytest.RaisesGroup(OAuthFlowError, allow_unwrapped=True, flatten_subgroups=True)
    with serving(answer("", "401 Unauthorized", WWW_Authenticate=header)) as impostor, refused:
        assistant.run(read, url=f"http://127.0.0.1:{impostor.port}/mcp")

    assert assistant.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"{}", 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "no/such"}', None),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "no_such"}}', None),
        (b'{"method": "tools/list", "method": "tools/call", "params": {"name": "add_note"}}', 400),
        (b'{"a": "' + b"x" * 5_000_000 + b'"}', 413),
    ],
)
def test_nonsense_is_no_crash(fleet: Fleet, token: str, body: bytes, status: int | None) -> None:
    """By somebody with a good token."""
    answered = post(fleet, token, body).status_code

    assert answered == status if status else answered < 500


def post(fleet: Fleet, token: str, body: bytes | None = None) -> requests.Response:
    """One message of a client that is not the SDK's."""
    headers = {**HEADERS, "Authorization": f"Bearer {token}"}
    content = {"json": LIST} if body is None else {"data": body}
    return requests.post(fleet.assistant, headers=headers, timeout=20, **content)
