"""Checks of the dictionary ``OAUTH_PROVIDER``: what is missing, misspelt or of no use is found at start."""

import pytest
from django.core import checks as framework
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy

from oauth_provider.checks import configuration
from oauth_provider.conf import provider_settings
from oauth_provider.models import Scope
from oauth_provider.registry import kept_scopes
from oauth_provider.tokens import claims
from tests.checks.messages import said
from tests.each import each


def test_an_issuer_is_needed_to_deploy(settings):
    settings.OAUTH_PROVIDER = {}
    assert said(configuration.check_issuer_is_set) == ["E001"]
    assert said(configuration.check_issuer) == []


@pytest.mark.spec("RFC 8414", "2")
@each(
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


@each(
    ("issuer", "debug", "meant"),
    [
        ("https://auth.example.com/", False, "https://auth.example.com"),
        ("http://auth.example.com/", False, "https://auth.example.com"),
        ("http://127.0.0.1:8000/", True, "http://127.0.0.1:8000"),
        ("https://auth.example.com?a=b", False, ""),
        ("auth.example.com", False, ""),
    ],
)
def test_an_issuer_that_is_nearly_one_is_told_with_what_was_meant(settings, issuer, debug, meant):
    settings.OAUTH_PROVIDER, settings.DEBUG = {"ISSUER": issuer}, debug
    (message,) = configuration.check_issuer(None)
    assert message.hint.startswith(f'Write "{meant}". It must be' if meant else "It must be")


def test_http_will_do_under_debug(settings):
    settings.OAUTH_PROVIDER = {"ISSUER": "http://127.0.0.1:8000"}
    settings.DEBUG = True
    assert said(configuration.check_issuer) == []


@each("scope", ["two words", "", 'a"b', "ümlaut", 7])
def test_a_scope_is_a_scope_token(settings, scope):
    settings.OAUTH_PROVIDER = {"SCOPES": {scope: "Words"}}
    assert said(configuration.check_scopes) == ["E011"]


@each("words", [None, 7, "", " ", ["Read"], {"en": "Read"}, b"Read"])
def test_a_scope_has_words_that_people_read(settings, words):
    settings.OAUTH_PROVIDER = {"SCOPES": {"notes:read": words, "notes:write": gettext_lazy("Write")}}
    assert said(configuration.check_scopes) == ["E114"]
    assert "notes:read" in configuration.check_scopes(None)[0].msg


@each("dictionary", ["OAUTH_PROVIDER", "OAUTH2_PROVIDER"])
@each("scopes", [["notes:read"], "notes:read", ("notes:read",), {"notes:read"}, 7])
def test_scopes_that_are_no_dictionary_are_told_once_and_how_they_are_written(settings, dictionary, scopes):
    setattr(settings, dictionary, {"SCOPES": scopes})
    found = framework.run_checks(include_deployment_checks=True, databases=[])
    (message,) = [one for one in found if "SCOPES" in one.msg]
    assert (message.id, message.msg) == ("oauth_provider.E013", f"{dictionary}['SCOPES'] cannot be used.")
    assert '{"notes:read": "Read your notes"}' in message.hint


@pytest.mark.parametrize("dictionary", ["OAUTH_PROVIDER", "OAUTH2_PROVIDER"])
def test_scopes_that_are_no_dictionary_are_told_in_words_where_no_check_ran(settings, dictionary):
    settings.OAUTH_PROVIDER = settings.OAUTH2_PROVIDER = {}
    setattr(settings, dictionary, {"SCOPES": ["notes:read"]})
    with pytest.raises(ImproperlyConfigured, match=r"SCOPES must be a dictionary of scopes.*\{"):
        _ = provider_settings.SCOPES


def test_a_default_scope_is_a_scope(settings):
    settings.OAUTH_PROVIDER = {"SCOPES": {"notes:read": "Read"}, "DEFAULT_SCOPES": ["notes:raed"]}
    assert said(configuration.check_scopes) == ["E012"]
    assert configuration.check_scopes(None)[0].hint.startswith("Did you mean 'notes:read'? Add it to SCOPES")


@each(
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


@pytest.mark.django_db
def test_a_claim_is_released_by_a_scope_that_there_is(monkeypatch):
    monkeypatch.setattr(claims, "_registry", dict(claims._registry))
    claims.claim("shoe_size", scope="shoes")(lambda user, context: 42)
    assert said(configuration.check_claims) == ["E023"]
    Scope.objects.create(name="shoes", words="See your shoes")
    assert said(configuration.check_claims) == []


def test_a_scope_is_not_called_missing_where_the_database_cannot_say(monkeypatch):
    """As before the first ``migrate``, which these errors would stop."""
    monkeypatch.setattr(claims, "_registry", dict(claims._registry))
    claims.claim("shoe_size", scope="shoes")(lambda user, context: 42)
    kept_scopes.forget()
    assert said(configuration.check_claims) == []
