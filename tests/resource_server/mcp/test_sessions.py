"""MCP sessions and streams: an id opens nothing for others, and a stream ends with its token."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from oauth_provider.resource_server.mcp import guard, sessions
from tests.resource_server.asgi import call
from tests.resource_server.mcp.server import GOOD, LIST, RESOURCE, Server


def test_a_session_belongs_to_whom_it_was_opened_for(issue_for, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    guarded = guard(Server((b"Mcp-Session-Id", b"s1")), resource=RESOURCE, scopes="notes:read")
    issue_for("ada", sub="ada")
    issue_for("refreshed", sub="ada")
    issue_for("bob", sub="bob")
    issue_for("app", sub="ada", client_id="another")

    def status(name, session):
        headers = {"Authorization": f"Bearer {name}", **({"Mcp-Session-Id": session} if session else {})}
        return call(guarded, body=LIST, headers=headers).status

    assert status("bob", "s1") == 404
    assert status("ada", None) == 200
    assert [status(name, "s1") for name in ("ada", "refreshed", "bob", "app")] == [200, 200, 404, 404]
    assert status("ada", "s2") == 404


def test_a_session_of_ones_own_opens_no_other_that_is_named_beside_it(issue_for):
    server = Server((b"mcp-session-id", b"mine"))
    guarded = guard(server, resource=RESOURCE, scopes="notes:read")
    issue_for()
    issue_for("bob", sub="bob")
    call(guarded, body=LIST, headers=GOOD)
    server.headers = [(b"mcp-session-id", b"bobs")]
    call(guarded, body=LIST, headers={"Authorization": "Bearer bob"})
    both = [("Mcp-Session-Id", "mine"), ("Mcp-Session-Id", "bobs")]
    for named in (both, both[::-1]):
        assert call(guarded, body=LIST, headers=[*GOOD.items(), *named]).status == 404
    assert len(server.calls) == 2


def test_only_so_many_sessions_are_remembered(issue_for, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    server = Server()
    guarded = guard(server, resource=RESOURCE, scopes="notes:read")
    issue_for()
    for number in range(3):
        server.headers = [(b"mcp-session-id", str(number).encode())]
        call(guarded, body=LIST, headers=GOOD)
    server.headers = []
    found = [call(guarded, body=LIST, headers={**GOOD, "mcp-session-id": str(n)}).status for n in range(3)]
    assert found == [404, 200, 200]


def test_nobody_ends_the_sessions_of_others_by_opening_more(issue_for, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 5)
    monkeypatch.setattr(sessions, "MAX_SESSIONS_OF_OWNER", 3)
    server = Server()
    guarded = guard(server, resource=RESOURCE, scopes="notes:read")
    for name in ("ada", "bob", "cy"):
        issue_for(name, sub=name)

    def open_session(owner, session):
        server.headers = [(b"mcp-session-id", session.encode())]
        call(guarded, body=LIST, headers={"Authorization": f"Bearer {owner}"})
        server.headers = []

    def status(owner, session):
        headers = {"Authorization": f"Bearer {owner}", "Mcp-Session-Id": session}
        return call(guarded, body=LIST, headers=headers).status

    open_session("ada", "a1")
    open_session("cy", "c1")
    for number in range(20):
        open_session("bob", f"b{number}")
    assert [status("bob", f"b{number}") for number in (16, 17, 18, 19)] == [404, 200, 200, 200]
    open_session("ada", "a2")  # the sixth: who has the most makes room
    assert [status("bob", f"b{number}") for number in (17, 18, 19)] == [404, 200, 200]
    assert [status("ada", "a1"), status("ada", "a2"), status("cy", "c1")] == [200, 200, 200]
    open_session("cy", "b19")  # an id that comes again is the last one's
    assert [status("bob", "b19"), status("cy", "b19")] == [404, 200]


def test_a_stream_ends_with_its_token(issue_for):
    async def stream(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    issue_for(expires=datetime.now(UTC) + timedelta(seconds=0.2))
    answer = call(guard(stream, resource=RESOURCE, scopes="notes:read"), method="GET", headers=GOOD)
    assert answer.messages[1:] == [{"type": "http.response.body", "body": b"", "more_body": False}]


def test_a_timeout_of_the_app_is_its_own(issue_for):
    async def slow(scope, receive, send):
        raise TimeoutError("mine")

    issue_for()
    with pytest.raises(TimeoutError, match="mine"):
        call(guard(slow, resource=RESOURCE, scopes="notes:read"), body=LIST, headers=GOOD)


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_the_life_of_the_app_goes_through_and_other_connections_are_closed(kind):
    seen, sent = [], []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    async def send(message):
        sent.append(message)

    guarded = guard(app, resource=RESOURCE, scopes="notes:read")
    asyncio.run(guarded({"type": kind, "path": "/mcp"}, None, send))
    assert (seen, sent) == ((["lifespan"], []) if kind == "lifespan" else ([], [{"type": "websocket.close"}]))
