"""Checks of resources (RFC 8707 §2): identifiers that no client could name."""

import pytest

from oauth_provider.checks import (
    resources,
)
from tests.checks.messages import said
from tests.each import each


@pytest.mark.spec("RFC 8707", "2")
@each(
    ("given", "problems"),
    [
        ({}, 0),
        ({"https://api.example.com/": "API", "urn:example:api": {"name": "Other", "access_token_lifetime": 60}}, 0),
        ({"api": "API"}, 1),
        ({"https://api.example.com/#x": "API", "https://a b/": "API", 5: "API"}, 3),
        ({"https://api.example.com/": {"scope": ["x"]}}, 1),
        ({"https://api.example.com/": {"scopes": ["nothing:here"]}}, 1),
        ({"https://api.example.com/": {"access_token_lifetime": 0}}, 1),
        ({"https://api.example.com/": {"access_token_format": "jwt"}}, 0),
        ({"https://api.example.com/": {"access_token_format": "JWT"}}, 1),
        ({"https://api.example.com/": {"access_token_format": ["jwt"]}}, 1),
        ({"https://api.example.com/": {"access_token_lifetime": True}}, 1),
        ({"https://api.example.com/": {"authorization_idle_lifetime": 60, "authorization_lifetime": None}}, 0),
        ({"https://api.example.com/": {"authorization_idle_lifetime": "60"}}, 1),
        ({"https://api.example.com/": {"authorization_lifetime": -1}}, 1),
        ({"https://api.example.com/": {"authorization_lifetime": 2**31}}, 1),
        (["https://api.example.com/"], 1),
    ],
    ids=str,
)
def test_a_resource_that_cannot_be_used_is_found(settings, given, problems):
    settings.OAUTH_PROVIDER = {"RESOURCES": given}
    assert said(resources.check_resources) == ["E052"] * problems
