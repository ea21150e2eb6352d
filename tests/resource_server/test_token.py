"""AccessToken (RFC 7662 §2.2): what a verified token says, and what the resource server's settings hold."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from oauth2_provider.contrib.rest_framework import TokenHasScope
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.conf import ResourceServerSettings, conf
from oauth_provider.resource_server.token import AccessToken
from tests.each import each

pytestmark = pytest.mark.spec("RFC 7662", "2.2")


def access_token(**overrides):
    facts = {
        "scope": "notes:read notes:write",
        "client_id": "web",
        "sub": "1",
        "expires": datetime.now(UTC) + timedelta(minutes=5),
        "issuer": "https://as.example",
    }
    return AccessToken(**(facts | overrides))


class Verifier:
    def __call__(self, token):
        raise InvalidToken


not_callable = "a string"


# -- the token -----------------------------------------------------------------------------------------------


@each("scopes", [None, [], ["notes:read"], ["notes:write", "notes:read"], ("notes:read",) * 2])
def test_a_token_is_valid_for_what_it_holds(scopes):
    assert access_token().is_valid(scopes)


@each("scopes", [["notes"], ["notes:read", "other"], ["NOTES:READ"], [""], ["notes:read notes:write"]])
def test_a_token_is_not_valid_for_more_than_it_holds(scopes):
    token = access_token()
    assert not token.allow_scopes(scopes)
    assert not token.is_valid(scopes)


@each("age", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_a_token_whose_time_is_over_is_valid_for_nothing(monkeypatch, age):
    now = datetime.now(UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    token = access_token(expires=now - age)
    assert token.is_expired()
    assert not token.is_valid()
    assert not token.is_valid(["notes:read"])


def test_a_foreign_clock_makes_a_token_live_longer_by_the_leeway_and_no_more():
    now = datetime.now(UTC)
    late = access_token(expires=now - timedelta(seconds=5), leeway=timedelta(seconds=10))
    assert not late.is_expired()
    assert 0 < late.seconds_left <= 5
    assert access_token(expires=now - timedelta(seconds=15), leeway=timedelta(seconds=10)).is_expired()


def test_a_token_without_scopes_holds_none():
    assert access_token(scope="").scopes == ()
    assert not access_token(scope="").allow_scopes(["notes:read"])


@pytest.mark.parametrize("name", ["expires", "issued_at"])
def test_a_time_without_a_zone_is_refused(name):
    with pytest.raises(ValueError, match="aware"):
        access_token(**{name: datetime(2030, 1, 1)})  # noqa: DTZ001


@pytest.mark.spec("RFC 8707", "2")
def test_a_token_is_good_at_its_resources_alone():
    token = access_token(resources=("https://api.example/notes",))
    assert token.is_audience("https://api.example/notes/1")
    assert not token.is_audience("https://api.example/people")
    assert not token.is_audience("https://another.example/notes")
    assert access_token().is_audience("https://anywhere.example")


def test_a_token_cannot_be_altered():
    token = access_token()
    with pytest.raises(dataclasses.FrozenInstanceError):
        token.scope = "admin"
    with pytest.raises((AttributeError, TypeError)):
        token.something = "else"


def test_what_is_printed_holds_neither_the_user_nor_the_key():
    printed = repr(access_token(user="ada", cnf={"jkt": "thumb"}, act={"sub": "actor"}, load_application=list))
    for hidden in ("ada", "thumb", "actor", "list"):
        assert hidden not in printed


def test_the_application_is_built_once_and_only_when_asked_for():
    built = []

    def load():
        built.append(1)
        return "application"

    token = access_token(load_application=load)
    assert built == []
    assert (token.application, token.application) == ("application", "application")
    assert built == [1]


def test_an_application_that_is_gone_is_not_asked_for_again():
    built = []
    token = access_token(load_application=lambda: built.append(1))
    assert (token.application, token.application) == (None, None)
    assert built == [1]


def test_there_is_no_application_where_nothing_builds_one():
    assert access_token().application is None


def test_a_token_can_be_a_key_though_what_it_holds_cannot():
    token = access_token(cnf={"jkt": "x"}, act={"sub": "y"})
    assert {token: 1}[token] == 1


@pytest.mark.parametrize(("required", "answer"), [(["notes:read"], True), (["notes:read", "other"], False)])
def test_dots_own_permission_class_can_read_a_token(required, answer):
    class View(APIView):
        required_scopes = required

    request = Request(APIRequestFactory().get("/"))
    request.auth = access_token()
    assert TokenHasScope().has_permission(request, View()) is answer


# -- the settings --------------------------------------------------------------------------------------------


def test_a_verifier_may_be_a_function_or_a_class(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.access_token"}
    assert conf.verifier is access_token
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.Verifier"}
    assert isinstance(conf.verifier, Verifier)
    assert conf.verifier is conf.verifier


@each("path", ["no_such_module.verify", f"{__name__}.no_such_name", f"{__name__}.not_callable", "nodots", 7])
def test_a_verifier_that_cannot_be_used_is_an_error_and_a_finding(settings, path):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": path}
    with pytest.raises(ImproperlyConfigured):
        _ = conf.verifier
    assert [(found.id, bool(found.hint)) for found in checks.check_verifier(None)] == [
        ("oauth_resource_server.E003", True)
    ]


def test_without_a_verifier_there_is_an_error_and_a_finding(settings, monkeypatch):
    monkeypatch.setattr(conf, "_default_verifier", None)
    settings.OAUTH_RESOURCE_SERVER = {}
    with pytest.raises(ImproperlyConfigured, match="VERIFIER"):
        _ = conf.verifier
    assert [(found.id, bool(found.hint)) for found in checks.check_verifier(None)] == [
        ("oauth_resource_server.E001", True)
    ]


def test_the_provider_offers_its_verifier_and_the_projects_own_goes_before_it(settings, monkeypatch):
    monkeypatch.setattr(conf, "_default_verifier", None)
    settings.OAUTH_RESOURCE_SERVER = {}
    conf.register_default_verifier(f"{__name__}.Verifier")
    assert isinstance(conf.verifier, Verifier)
    assert checks.check_verifier(None) == []
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.access_token"}
    assert conf.verifier is access_token


@each("value", [{"VERIFYER": "x.y"}, {"REALM": "é"}, ["VERIFIER"], {"realm": "api"}])
def test_a_misspelt_setting_is_a_finding(settings, value):
    settings.OAUTH_RESOURCE_SERVER = value
    assert [(found.id, bool(found.hint)) for found in checks.check_settings(None)] == [
        ("oauth_resource_server.E004", True)
    ]


def test_settings_that_are_right_give_no_finding(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": f"{__name__}.access_token", "REALM": "notes"}
    assert [found for check in checks.CHECKS for found in check(None)] == []


@each("options", [None, {}, {"UNAUTHENTICATED_USER": "x.AnonymousUser"}])
def test_drf_without_djangos_users_must_be_told_so(settings, options):
    settings.INSTALLED_APPS = ["oauth_provider.resource_server"]
    settings.REST_FRAMEWORK = options
    assert [(found.id, bool(found.hint)) for found in checks.check_unauthenticated_user(None)] == [
        ("oauth_resource_server.E002", True)
    ]
    settings.REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
    assert checks.check_unauthenticated_user(None) == []


def test_every_setting_is_a_documented_property():
    for key in ResourceServerSettings.KEYS:
        assert getattr(ResourceServerSettings, key.lower()).__doc__
