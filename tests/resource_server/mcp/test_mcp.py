"""The guard of an MCP server, revision 2026-07-28: metadata, challenges, audience, step-up, and nothing passed on."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.resource_server.authentication import OF_EVERY_TOKEN, RULES
from oauth_provider.resource_server.denylist.subscription import check_denylist
from oauth_provider.resource_server.mcp import call as mcp_call
from oauth_provider.resource_server.mcp import demand, guard, sessions
from oauth_provider.resource_server.views import any_of
from tests.resource_server.asgi import call

RESOURCE = "https://mcp.example/mcp"
METADATA = "/.well-known/oauth-protected-resource/mcp"
TOLD = f'resource_metadata="https://mcp.example{METADATA}"'
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
GOOD = {"Authorization": "Bearer good"}


def use(tool):
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}


class Server:
    """An MCP server that remembers what reached it."""

    def __init__(self, *headers):
        self.calls = []
        self.headers = list(headers)

    async def __call__(self, scope, receive, send):
        message = await receive()
        self.calls.append((scope, message.get("body")))
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"done"})


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def guarded(server):
    tools = {"add": "notes:write", "wipe": demand("notes:write", acr="mfa", max_age=300), "either": any_of("a", "b")}
    return guard(server, resource=RESOURCE, scopes="notes:read", tools=tools, name="Notes")


@pytest.fixture
def issue_for(issue):
    def issue_for(name="good", **facts):
        return issue(name, **({"resources": (RESOURCE,)} | facts))

    return issue_for


# -- who gets in ---------------------------------------------------------------------------------------------


def test_a_token_for_this_server_passes_and_the_app_sees_who_calls_but_not_the_token(guarded, server, issue_for):
    token = issue_for()
    body = json.dumps(LIST).encode()
    answer = call(guarded, body=LIST, headers={**GOOD, "X-Other": "kept"})
    assert (answer.status, answer.body) == (200, b"done")
    (scope, seen) = server.calls[0]
    assert seen == body
    assert (scope["auth"], str(scope["user"])) == (token, "client:service")
    assert scope["headers"] == [(b"x-other", b"kept")]


@pytest.mark.spec("RFC 7009", "3")
def test_what_holds_for_every_token_holds_here_too(guarded, server, issue_for, settings):
    """Only the rule of the audience is its own."""
    issue_for(cnf={"jkt": "key"})
    settings.OAUTH_RESOURCE_SERVER |= {"KEY_PROOFS": ["tests.resource_server.proofs.key_proofs.HeaderProof"]}
    bound = {"Authorization": "DPoP good", "DPoP": "key"}
    assert call(guarded, body=LIST, headers=bound).status == 200
    refused = call(guarded, body=LIST, headers=bound | {"DPoP": "other"})
    assert (refused.status, len(server.calls)) == (401, 1)
    assert 'DPoP realm="api", error="invalid_test_proof"' in refused.headers["www-authenticate"]
    assert call(guarded, body=LIST, headers=GOOD).status == 401
    assert OF_EVERY_TOKEN == guarded.rules[:-1] == RULES[:-1]
    assert check_denylist in OF_EVERY_TOKEN


@pytest.mark.spec("MCP Authorization", "Scope Selection Strategy")
def test_a_call_without_a_token_is_told_where_to_get_one_and_for_what(guarded, server):
    answer = call(guarded, body=use("add"))
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == f'Bearer realm="api", scope="notes:read", {TOLD}'
    assert server.calls == []


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD"])
def test_every_method_needs_a_token(guarded, server, method):
    assert call(guarded, method=method, body=LIST).status == 401
    assert server.calls == []


@pytest.mark.parametrize("path", ["/mcp", "/mcp/", "/mcp/anything", "/mcp/../mcp"])
def test_every_path_below_needs_a_token(guarded, server, path):
    assert call(guarded, path, body=LIST).status == 401
    assert server.calls == []


@pytest.mark.parametrize("path", ["/", "/mcpx", "/other", "/.well-known/oauth-protected-resource", "/%00"])
def test_nothing_else_is_served(guarded, server, issue_for, path):
    issue_for()
    assert call(guarded, path, body=LIST, headers=GOOD).status == 404
    assert server.calls == []


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("resources", "status"),
    [
        ((RESOURCE,), 200),
        (("https://mcp.example",), 200),
        (("https://MCP.example:443/mcp/",), 200),
        (("https://other.example/mcp", RESOURCE), 200),
        ((), 401),
        (("https://mcp.example/mcp/deeper",), 401),
        (("https://mcp.example/mc",), 401),
        (("http://mcp.example/mcp",), 401),
        (("https://other.example/mcp",), 401),
        (("urn:mcp",), 401),
    ],
)
def test_only_a_token_that_was_issued_for_this_server_will_do(guarded, issue_for, resources, status):
    issue_for(resources=resources)
    answer = call(guarded, body=LIST, headers=GOOD)
    assert answer.status == status
    assert status == 200 or 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("facts", "status", "error"),
    [
        ({"expires": datetime.now(UTC) - timedelta(seconds=1)}, 401, "invalid_token"),
        ({"cnf": {"jkt": "x"}}, 401, "invalid_token"),
        ({"scope": "notes:write"}, 403, "insufficient_scope"),
        ({"scope": ""}, 403, "insufficient_scope"),
    ],
)
def test_a_token_that_does_not_do(guarded, server, issue_for, facts, status, error):
    issue_for(**facts)
    answer = call(guarded, body=LIST, headers=GOOD)
    assert (answer.status, answer.json()["error"]) == (status, error)
    assert answer.headers["www-authenticate"].endswith(f'scope="notes:read", {TOLD}')
    assert server.calls == []


@pytest.mark.spec("RFC 6750", "2.1")
@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ([("Authorization", "Bearer unknown")], b"", 401),
        ([("Authorization", "Basic Z29vZDo=")], b"", 401),
        ([("Authorization", "bearer   good")], b"", 200),
        ([("Authorization", "Bearer good"), ("Authorization", "Bearer good")], b"", 400),
        ([("Authorization", "Bearer")], b"", 400),
        ([("Authorization", "Bearer \xff")], b"", 401),
        ([("Authorization", "Bearer " + "x" * 9000)], b"", 401),
        ([], b"access_token=good", 400),
        ([("Authorization", "Bearer good")], b"access_token=good", 400),
        ([("Authorization", "Bearer good")], b"\xff\xfe", 400),
        ([("Authorization", "Bearer good")], b"&".join([b"a=1"] * 2000), 400),
    ],
)
def test_a_token_travels_in_one_header_and_nowhere_else(guarded, issue_for, headers, query, status):
    issue_for()
    assert call(guarded, body=LIST, headers=headers, query=query).status == status


def test_while_nobody_can_verify_a_token_calls_are_refused_with_503(guarded, server, settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.unavailable"}
    answer = call(guarded, body=LIST, headers=GOOD)
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert server.calls == []


def unavailable(token):
    raise ServiceUnavailable("not now")


def test_while_its_database_is_away_calls_are_refused_with_503(guarded, server, settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.resource_server.test_database_outage.away"}
    answer = call(guarded, body=LIST, headers=GOOD)
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert server.calls == []


# -- step-up -------------------------------------------------------------------------------------------------


@pytest.mark.spec("MCP Authorization", "Runtime Insufficient Scope Errors")
def test_a_tool_that_needs_more_says_everything_that_it_needs(guarded, server, issue_for):
    issue_for()
    answer = call(guarded, body=use("add"), headers=GOOD)
    assert answer.status == 403
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="api", error="insufficient_scope", error_description="The access token lacks a scope for this '
        f'call.", scope="notes:read notes:write", {TOLD}'
    )
    assert server.calls == []
    issue_for(scope="notes:read notes:write")
    assert call(guarded, body=use("add"), headers=GOOD).status == 200


def test_a_tool_that_is_not_named_needs_what_every_call_needs(guarded, issue_for):
    issue_for()
    assert call(guarded, body=use("list"), headers=GOOD).status == 200


def test_of_two_alternatives_the_nearer_is_named(guarded, issue_for):
    issue_for(scope="notes:read x")
    assert 'scope="notes:read a"' in call(guarded, body=use("either"), headers=GOOD).headers["www-authenticate"]
    issue_for(scope="notes:read b")
    assert call(guarded, body=use("either"), headers=GOOD).status == 200


@pytest.mark.spec("RFC 9470", "3")
def test_a_tool_may_ask_for_a_fresh_sign_in(guarded, issue_for):
    facts = {"scope": "notes:read notes:write", "sub": "ada"}
    issue_for(**facts)
    answer = call(guarded, body=use("wipe"), headers=GOOD)
    assert (answer.status, answer.json()["error"]) == (401, "insufficient_user_authentication")
    assert 'acr_values="mfa", max_age="300"' in answer.headers["www-authenticate"]
    issue_for(**facts, acr="mfa", auth_time=datetime.now(UTC))
    assert call(guarded, body=use("wipe"), headers=GOOD).status == 200


# -- what is said --------------------------------------------------------------------------------------------


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


# -- metadata ------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9728", "3")
def test_the_metadata_names_the_server_its_issuers_and_the_least_scopes(guarded, settings):
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": ["https://as.example"]}
    answer = call(guarded, METADATA, "GET")
    assert answer.json() == {
        "resource": RESOURCE,
        "resource_name": "Notes",
        "authorization_servers": ["https://as.example"],
        "scopes_supported": ["notes:read"],
        "bearer_methods_supported": ["header"],
    }
    assert answer.headers["access-control-allow-origin"] == "*"
    assert call(guarded, METADATA, "HEAD").body == b""
    assert call(guarded, METADATA, "POST").status == 405


@pytest.mark.spec("RFC 8707", "2")
def test_the_issuer_beside_an_audience_opens_no_server_below_it(guarded, issue_for):
    host, other = "https://mcp.example", "https://other.example/api"
    found = {}
    for audience in ((host, other), (host, RESOURCE)):
        issue_for(issuer=host, resources=audience)
        found[audience] = call(guarded, body=LIST, headers=GOOD).status
    assert found == {(host, other): 401, (host, RESOURCE): 200}


def test_a_message_may_have_so_many_members_and_no_more(guarded, issue_for):
    issue_for()
    most = mcp_call.MAX_ELEMENTS

    def status(number):
        message = use("read")
        message["params"]["arguments"] = [0] * number
        return call(guarded, body=message, headers=GOOD).status

    assert [status(most - 100), status(most + 1)] == [200, 400]


@pytest.mark.spec("RFC 9110", "9.3.2")
def test_without_a_body_the_metadata_have_the_headers_that_they_have_with_it(guarded):
    whole, head = (call(guarded, METADATA, method) for method in ("GET", "HEAD"))
    assert head.headers == whole.headers
    assert head.headers["content-length"] == str(len(whole.body))
    assert (head.body, head.messages[-1]["more_body"]) == (b"", False)


@pytest.mark.spec("Fetch", "3.2")
def test_a_preflight_of_the_metadata_allows_every_header_that_a_client_asks_for(guarded):
    asked = {"Origin": "https://inspector.example", "Access-Control-Request-Headers": "mcp-protocol-version"}
    answer = call(guarded, METADATA, "OPTIONS", headers=asked)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "mcp-protocol-version" in answer.headers["access-control-allow-headers"]


def test_a_server_at_the_root_of_its_host(server, issue_for):
    guarded = guard(server, resource="https://mcp.example", scopes="notes:read")
    assert call(guarded, "/.well-known/oauth-protected-resource", "GET").status == 200
    assert call(guarded, "/", body=LIST).status == 401
    issue_for(resources=("https://mcp.example",))
    assert call(guarded, "/any", body=LIST, headers=GOOD).status == 200


def test_what_else_the_host_serves_is_left_alone(server):
    async def django(scope, receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})

    guarded = guard(server, resource=RESOURCE, scopes="notes:read", otherwise=django)
    assert [call(guarded, path, "GET").status for path in ("/", "/mcpx", "/mcp", METADATA)] == [204, 204, 401, 200]


# -- sessions and streams ------------------------------------------------------------------------------------


def test_a_session_belongs_to_whom_it_was_opened_for(issue_for, monkeypatch):
    monkeypatch.setattr(sessions, "REMEMBERED", 2)
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
    monkeypatch.setattr(sessions, "REMEMBERED", 2)
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
    monkeypatch.setattr(sessions, "REMEMBERED", 5)
    monkeypatch.setattr(sessions, "OF_ONE_OWNER", 3)
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


def test_a_body_in_many_pieces_costs_no_more_than_one(guarded, issue_for):
    issue_for()
    body = json.dumps(LIST).encode() + b" " * 200_000
    pieces = [{"type": "http.request", "body": body[i : i + 1], "more_body": True} for i in range(len(body))]
    answer = call(guarded, headers=GOOD, incoming=[*pieces, {"type": "http.request", "body": b""}])
    assert answer.status == 200


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


# -- declarations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource", ["", "/mcp", "urn:mcp", "https://mcp.example/#x", "https://mcp.example/?x", "ftp://x/"]
)
def test_a_resource_that_is_no_url_is_refused_at_once(server, resource):
    with pytest.raises(ValueError, match="URL of the MCP server"):
        guard(server, resource=resource, scopes="notes:read")


@pytest.mark.parametrize(
    ("declared", "error"),
    [
        ({"scopes": ""}, ValueError),
        ({"scopes": []}, TypeError),
        ({"scopes": "a b"}, ValueError),
        ({"scopes": 1}, TypeError),
    ],
)
def test_scopes_that_mean_nothing_are_refused_at_once(server, declared, error):
    with pytest.raises(error):
        guard(server, resource=RESOURCE, **declared)
    with pytest.raises(error):
        guard(server, resource=RESOURCE, scopes="a", tools={"x": declared["scopes"]})
