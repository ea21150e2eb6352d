"""Checks of the dictionary ``OAUTH_PROVIDER``: what is missing, misspelt or of no use is found at start."""

import pytest

from oauth_provider.checks import (
    configuration,
)
from oauth_provider.tokens import claims
from tests.checks.messages import said


def test_an_issuer_is_needed_to_deploy(settings):
    settings.OAUTH_PROVIDER = {}
    assert said(configuration.check_issuer_is_set) == ["E001"]
    assert said(configuration.check_issuer) == []


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.parametrize(
    "issuer",
    [
        "https://auth.example.com/",
        "https://auth.example.com?a=b",
        "https://auth.example.com#f",
        "http://auth.example.com",
        "auth.example.com",
        "https://",
    ],
)
def test_an_issuer_is_an_https_url(settings, issuer):
    settings.OAUTH_PROVIDER = {"ISSUER": issuer}
    assert said(configuration.check_issuer) == ["E002"]


def test_http_will_do_under_debug(settings):
    settings.OAUTH_PROVIDER = {"ISSUER": "http://127.0.0.1:8000"}
    settings.DEBUG = True
    assert said(configuration.check_issuer) == []


def test_a_misspelt_setting_is_found(settings):
    settings.OAUTH_PROVIDER = {"ISSUR": "https://auth.example.com"}
    assert said(configuration.check_names) == ["E010"]


@pytest.mark.parametrize("scope", ["two words", "", 'a"b', "ümlaut", 7])
def test_a_scope_is_a_scope_token(settings, scope):
    settings.OAUTH_PROVIDER = {"SCOPES": {scope: "Words"}}
    assert said(configuration.check_scopes) == ["E011"]


def test_a_default_scope_is_a_scope(settings):
    settings.OAUTH_PROVIDER = {"SCOPES": {"a": "A"}, "DEFAULT_SCOPES": ["b"]}
    assert said(configuration.check_scopes) == ["E012"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TOKEN_LIFETIME", 0),
        ("ACCESS_TOKEN_LIFETIME", "3600"),
        ("ACCESS_TOKEN_LIFETIME", True),
        ("AUTHORIZATION_LIFETIME", -1),
        ("AUTHORIZATION_IDLE_LIFETIME", None),
        ("REFRESH_TOKEN_RETRY_WINDOW", -1),
        ("SWEEP_RETENTION", 1.5),
        ("VERIFICATION_CACHE_LIFETIME", -1),
        ("VERIFICATION_CACHE_LIFETIME", 0.5),
        ("CACHE", "elsewhere"),
        ("CLIENT_AUTHENTICATION_FAILURES", "often"),
        ("CLIENT_ADDRESS", "no.such.function"),
        ("PENDING_REQUEST_LIFETIME", 0),
        ("LOGIN_LIFETIME", 0),
        ("AUTHORIZATION_CODE_LIFETIME", 0),
    ],
)
def test_a_value_that_cannot_be_used_is_found(settings, name, value):
    settings.OAUTH_PROVIDER = {name: value}
    assert said(configuration.check_values) == ["E013"]


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_code_lives_for_ten_minutes_at_most(settings):
    settings.OAUTH_PROVIDER = {"AUTHORIZATION_CODE_LIFETIME": 601}
    assert said(configuration.check_values) == ["E014"]


def test_a_claim_is_released_by_a_scope_that_there_is(monkeypatch):
    monkeypatch.setattr(claims, "_registry", dict(claims._registry))
    claims.claim("shoe_size", scope="shoes")(lambda user, context: 42)
    assert said(configuration.check_claims) == ["E023"]
