"""The metadata of an MCP server (RFC 9728 §3): where it is, and what else its host serves."""

import pytest

from oauth_provider.resource_server.mcp import guard
from tests.resource_server.asgi import call
from tests.resource_server.mcp.server import GOOD, LIST, METADATA, RESOURCE


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
