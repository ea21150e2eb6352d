"""Checks of signing in and signing up (OpenID Connect Prompt Create §4)."""

import pytest

from oauth_provider.checks import (
    authentication,
)
from tests.checks.messages import said
from tests.each import each


@pytest.mark.spec("OIDC Prompt Create", "4")
@each(("page", "expected"), [("nowhere", ["E050"]), ("login", []), ("/join/", []), ("", [])])
def test_a_sign_up_page_is_one(settings, page, expected):
    settings.OAUTH_PROVIDER = {"SIGN_UP_URL": page}
    assert said(authentication.check_sign_up_url) == expected


@each("path", ["no.such.Context", "nonsense", "", None, "django.http.HttpRequest", "builtins.len"])
def test_a_context_of_another_kind_is_found(settings, path):
    settings.OAUTH_PROVIDER = {"AUTHENTICATION_CONTEXT": path}
    assert said(authentication.check_authentication_context) == ["E051"]
