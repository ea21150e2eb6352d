"""The guard of an MCP server, revision 2026-07-28: metadata, challenges, audience, step-up, and nothing passed on."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.resource_server.authentication import RULES, TOKEN_RULES
from oauth_provider.resource_server.denylist.subscription import check_denylist
from oauth_provider.resource_server.mcp import guard
from tests.resource_server.asgi import call
from tests.resource_server.mcp.server import GOOD, LIST, RESOURCE, TOLD, use


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
    good = call(guarded, body=LIST, headers=bound)
    assert (good.status, good.headers["dpop-nonce"]) == (200, "for key")
    refused = call(guarded, body=LIST, headers=bound | {"DPoP": "other"})
    assert (refused.status, len(server.calls), refused.headers["dpop-nonce"]) == (401, 1, "for other")
    assert 'DPoP realm="api", error="invalid_test_proof"' in refused.headers["www-authenticate"]
    assert call(guarded, body=LIST, headers=GOOD).status == 401
    assert TOKEN_RULES == guarded.rules[:-1] == RULES[:-1]
    assert check_denylist in TOKEN_RULES


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


@pytest.mark.spec("RFC 8707", "2")
def test_the_issuer_beside_an_audience_opens_no_server_below_it(guarded, issue_for):
    host, other = "https://mcp.example", "https://other.example/api"
    found = {}
    for audience in ((host, other), (host, RESOURCE)):
        issue_for(issuer=host, resources=audience)
        found[audience] = call(guarded, body=LIST, headers=GOOD).status
    assert found == {(host, other): 401, (host, RESOURCE): 200}


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
