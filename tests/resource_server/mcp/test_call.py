"""What an MCP client calls (Model Context Protocol, Streamable HTTP): one message, read once."""

import asyncio
import json

import pytest

from oauth_provider.resource_server.mcp import call as mcp_call
from tests.resource_server.asgi import call
from tests.resource_server.mcp.server import GOOD, LIST, use


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'"tools/call"',
        b"\xff\xfe",
        json.dumps(use("list")).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(use("list")).encode(),
        json.dumps([use("add")]).encode(),
        b'{"method": "tools/list", "method": "tools/call", "params": {"name": "add"}}',
        b'{"method": "tools/call", "params": {"name": "list", "name": "add"}}',
        b'{"method": "tools/call", "params": {"name": ["add"]}}',
        b'{"method": "tools/call", "params": {"name": null}}',
        b'{"method": "tools/call", "params": ["add"]}',
        b'{"method": "tools/call"}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_two_parsers_might_read_in_two_ways_reaches_no_tool(guarded, server, issue_for, body):
    issue_for(scope="notes:read notes:write")
    answer = call(guarded, body=body, headers=GOOD)
    assert (answer.status, answer.json()["error"]["code"]) == (400, -32700)
    assert server.calls == []


@pytest.mark.parametrize("name", ["\\u0061dd", "a\\u0064d"])
def test_a_name_is_compared_as_it_means_not_as_it_is_spelt(guarded, issue_for, name):
    issue_for()
    body = json.dumps(use("?")).replace("?", name).encode()
    assert call(guarded, body=body, headers=GOOD).status == 403


def test_a_body_may_come_in_pieces_and_be_half_a_character_at_a_time(guarded, server, issue_for):
    issue_for(scope="notes:read notes:write")
    body = json.dumps({**use("add"), "x": "é"}, ensure_ascii=False).encode()
    pieces = [{"type": "http.request", "body": bytes([byte]), "more_body": True} for byte in body]
    assert call(guarded, headers=GOOD, incoming=[*pieces, {"type": "http.request"}]).status == 200
    assert server.calls[0][1] == body


def test_nobody_reads_a_body_to_its_end_that_is_too_large(guarded, server, issue_for):
    issue_for()
    endless = [{"type": "http.request", "body": b"x" * 1024 * 1024, "more_body": True}] * 100
    assert call(guarded, headers=GOOD, incoming=endless).status == 413
    assert server.calls == []


def test_whoever_hangs_up_is_answered_nothing(guarded, server, issue_for):
    issue_for()
    cut = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    assert call(guarded, headers=GOOD, incoming=cut).messages == []
    assert server.calls == []


def test_the_body_of_a_stranger_is_not_read(guarded):
    cut = [{"type": "http.disconnect"}]
    assert call(guarded, incoming=cut).status == 401


def test_a_message_may_have_so_many_members_and_no_more(guarded, issue_for):
    issue_for()
    most = mcp_call.MAX_ELEMENTS

    def status(number):
        message = use("read")
        message["params"]["arguments"] = [0] * number
        return call(guarded, body=message, headers=GOOD).status

    assert [status(most - 100), status(most + 1)] == [200, 400]


def test_a_body_in_many_pieces_costs_no_more_than_one(guarded, issue_for):
    issue_for()
    body = json.dumps(LIST).encode() + b" " * 200_000
    pieces = [{"type": "http.request", "body": body[i : i + 1], "more_body": True} for i in range(len(body))]
    answer = call(guarded, headers=GOOD, incoming=[*pieces, {"type": "http.request", "body": b""}])
    assert answer.status == 200


def test_a_body_is_replayed_once_and_then_the_connection_is_heard():
    async def receive():
        return {"type": "http.disconnect"}

    async def heard():
        replayed = mcp_call.replay_body(b"{}", receive)
        return [await replayed(), await replayed()]

    body, end = asyncio.run(heard())
    assert body == {"type": "http.request", "body": b"{}", "more_body": False}
    assert end == {"type": "http.disconnect"}
