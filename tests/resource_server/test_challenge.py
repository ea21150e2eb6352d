"""Challenges (RFC 6750 §3): what the WWW-Authenticate header says, and what it must not."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.protocol.errors import InsufficientScope, InvalidRequest, InvalidToken
from oauth_provider.resource_server.challenge import challenge
from oauth_provider.resource_server.needs import Needs
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6750", "3")


@pytest.fixture(autouse=True)
def _resource_server(settings):
    settings.OAUTH_RESOURCE_SERVER = {}


@pytest.mark.spec("RFC 6750", "3.1")
def test_without_credentials_there_is_no_error():
    assert challenge() == 'Bearer realm="api"'


@pytest.mark.spec("RFC 6750", "3.1")
def test_without_credentials_the_scope_may_be_named():
    assert challenge(needs=Needs(("notes:read", "notes:write"))) == 'Bearer realm="api", scope="notes:read notes:write"'


@pytest.mark.parametrize(
    ("error", "value"),
    [
        (InvalidToken(), 'Bearer realm="api", error="invalid_token"'),
        (InvalidToken("Too old."), 'Bearer realm="api", error="invalid_token", error_description="Too old."'),
        (InvalidRequest("Two."), 'Bearer realm="api", error="invalid_request", error_description="Two."'),
        (InsufficientScope(scope=("a", "b")), 'Bearer realm="api", error="insufficient_scope", scope="a b"'),
    ],
)
def test_an_error_is_named_with_its_description_and_scope(error, value):
    assert challenge(error) == value


def test_the_scope_of_an_error_is_not_replaced_by_another():
    assert challenge(InsufficientScope(scope=("a",)), Needs(("b",))).endswith('scope="a"')


def test_the_operators_detail_stays_out_of_the_challenge():
    assert "row 7" not in challenge(InvalidToken("Too old.", detail="row 7"))


@each("description", ['say "no"', "back\\slash", "a\r\nSet-Cookie: x=1", "nul\x00", "déjà"])
def test_a_description_can_neither_leave_its_quotes_nor_the_header(description):
    value = challenge(InvalidToken(description))
    inside = value.removeprefix('Bearer realm="api", error="invalid_token", error_description="').removesuffix('"')
    assert all(" " <= character <= "~" and character not in '"\\' for character in inside)


def test_the_realm_is_the_projects_and_is_read_live(settings):
    settings.OAUTH_RESOURCE_SERVER = {"REALM": 'the "notes" API'}
    assert challenge() == 'Bearer realm="the \\"notes\\" API"'
    settings.OAUTH_RESOURCE_SERVER = {"REALM": "people"}
    assert challenge() == 'Bearer realm="people"'


@each("realm", ["a\r\nb", "é", 7, None])
def test_a_realm_that_no_header_can_hold_is_refused(settings, realm):
    settings.OAUTH_RESOURCE_SERVER = {"REALM": realm}
    with pytest.raises(ImproperlyConfigured, match="REALM"):
        challenge()
