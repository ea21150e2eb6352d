"""Tools that need more than other calls (Model Context Protocol, Authorization; RFC 9470 §3)."""

from datetime import UTC, datetime

import pytest

from oauth_provider.protocol.errors import InsufficientScope
from oauth_provider.resource_server.mcp.demand import demand
from tests.resource_server.asgi import call
from tests.resource_server.mcp.server import GOOD, TOLD, use
from tests.rest_framework.tokens import access_token


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


def test_a_demand_of_several_scopes_is_of_all_of_them():
    assert demand("notes:read", "notes:write").scopes == ("notes:read", "notes:write")
    assert demand("notes:read").scopes == ("notes:read",)
    with pytest.raises(InsufficientScope):
        demand("notes:read", "notes:write").check(access_token(scope="notes:read"))
