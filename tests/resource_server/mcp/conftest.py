"""An MCP server behind the guard, and tokens for it."""

import pytest

from oauth_provider.resource_server.mcp import demand, guard
from oauth_provider.resource_server.views import any_of
from tests.resource_server.mcp.server import RESOURCE, Server


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
