"""What a project wrote for DOT goes on to hold where it writes nothing for us."""

from typing import Any

import pytest

from oauth_provider.conf import provider_settings
from tests.each import each

DOT_SCOPES = {"read": "Read", "write": "Write"}
OWN_SCOPES = {"notes:read": "Read your notes"}


@each(
    ("own", "dot", "expected"),
    [
        ({}, {}, 3600),
        ({}, {"ACCESS_TOKEN_EXPIRE_SECONDS": 300}, 300),
        ({"ACCESS_TOKEN_LIFETIME": 600}, {"ACCESS_TOKEN_EXPIRE_SECONDS": 300}, 600),
    ],
)
def test_the_lifetime_of_access_tokens(settings: Any, own: Any, dot: Any, expected: int) -> None:
    settings.OAUTH_PROVIDER, settings.OAUTH2_PROVIDER = own, dot
    assert expected == provider_settings.ACCESS_TOKEN_LIFETIME


@each(
    ("own", "dot", "expected"),
    [
        ({"SCOPES": OWN_SCOPES}, {}, ()),
        ({"SCOPES": OWN_SCOPES}, {"SCOPES": DOT_SCOPES}, ()),
        ({"SCOPES": OWN_SCOPES}, {"SCOPES": DOT_SCOPES, "DEFAULT_SCOPES": ["read"]}, ("read",)),
        ({}, {"SCOPES": DOT_SCOPES}, ("read", "write")),
        ({}, {"SCOPES": DOT_SCOPES, "DEFAULT_SCOPES": ["read"]}, ("read",)),
        ({"DEFAULT_SCOPES": []}, {"SCOPES": DOT_SCOPES}, ()),
        ({"SCOPES": OWN_SCOPES, "DEFAULT_SCOPES": ["__all__"]}, {}, ("notes:read",)),
    ],
)
@pytest.mark.spec("RFC 6749", "3.3")
def test_the_scopes_of_a_request_that_names_none(settings: Any, own: Any, dot: Any, expected: Any) -> None:
    settings.OAUTH_PROVIDER, settings.OAUTH2_PROVIDER = own, dot
    assert expected == provider_settings.DEFAULT_SCOPES
