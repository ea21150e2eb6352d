"""The places that DOT leaves free become ours, whoever was imported first; what a project set stays."""

import subprocess
import sys

import pytest
from oauth2_provider import backends, decorators
from oauth2_provider.checks import validate_bcp_configuration
from oauth2_provider.oauth2_backends import OAuthLibCore, get_oauthlib_core
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes, get_scopes_backend
from oauth2_provider.settings import oauth2_settings
from oauthlib.oauth2 import Server

from oauth_provider.bridge.defaults import install_dot_defaults
from oauth_provider.bridge.scopes import RegistryScopes
from oauth_provider.bridge.validator import BridgeValidator
from oauth_provider.models import ClientPolicy
from oauth_provider.registry.scope import IDENTITY_SCOPES
from tests.each import each
from tests.factories import ApplicationFactory


class ProjectValidator(OAuth2Validator):
    """A project's own, which knows nothing of ours."""


class ProjectScopes(SettingsScopes):
    """A project's own."""


def test_where_the_project_names_nobody_we_are_asked():
    assert oauth2_settings.OAUTH2_VALIDATOR_CLASS is BridgeValidator
    assert isinstance(get_scopes_backend(), RegistryScopes)
    assert type(get_oauthlib_core().server.request_validator) is BridgeValidator


def test_the_projects_own_validator_and_scopes_backend_stay(settings):
    settings.OAUTH2_PROVIDER = {
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.ProjectValidator",
        "SCOPES_BACKEND_CLASS": f"{__name__}.ProjectScopes",
        "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": False,
    }
    install_dot_defaults()
    assert oauth2_settings.OAUTH2_VALIDATOR_CLASS.__name__ == "ProjectValidator"
    assert type(get_scopes_backend()).__name__ == "ProjectScopes"
    assert oauth2_settings.COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT is False


def test_settings_that_were_read_before_us_are_read_again():
    oauth2_settings.OAUTH2_VALIDATOR_CLASS = OAuth2Validator
    oauth2_settings._cached_attrs.add("OAUTH2_VALIDATOR_CLASS")
    install_dot_defaults()
    assert oauth2_settings.OAUTH2_VALIDATOR_CLASS is BridgeValidator


def test_a_backend_that_was_imported_before_us_is_renewed():
    backends.OAuthLibCore = OAuthLibCore(Server(OAuth2Validator()))
    install_dot_defaults()
    assert type(backends.OAuthLibCore.server.request_validator) is BridgeValidator


def test_decorators_ask_the_configured_validator_and_never_the_stock_one(settings):
    core = decorators.OAuthLibCore
    assert type(core(Server(OAuth2Validator())).server.request_validator) is BridgeValidator
    assert type(core().server.request_validator) is BridgeValidator
    settings.OAUTH2_PROVIDER = {"OAUTH2_VALIDATOR_CLASS": f"{__name__}.ProjectValidator"}
    assert type(core(Server(OAuth2Validator())).server.request_validator).__name__ == "ProjectValidator"


def test_a_decorator_keeps_a_validator_of_its_own():
    assert type(decorators.OAuthLibCore(Server(ProjectValidator())).server.request_validator) is ProjectValidator


def test_dots_token_storage_stays_as_it_is_beside_a_grace_period(settings, monkeypatch):
    settings.OAUTH2_PROVIDER = {"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 60}
    monkeypatch.setitem(oauth2_settings.defaults, "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE", False)
    install_dot_defaults()
    assert oauth2_settings.COMPLIANT_BCP_RFC9700_TOKEN_STORAGE is False
    oauth2_settings.reload()
    settings.OAUTH2_PROVIDER = {}
    install_dot_defaults()
    assert oauth2_settings.COMPLIANT_BCP_RFC9700_TOKEN_STORAGE is True


@each("legacy", [False, True])
@each("schemes", [None, ["https"], ["http", "https"]])
@pytest.mark.spec("RFC 9700", "2.6")
def test_dots_check_warns_of_http_redirects_only_where_codes_are_sent_by_them(settings, legacy, schemes):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "LEGACY_HTTP_REDIRECT_URIS": legacy}
    settings.OAUTH2_PROVIDER = {} if schemes is None else {"ALLOWED_REDIRECT_URI_SCHEMES": schemes}
    oauth2_settings.reload()
    install_dot_defaults()
    said = {one.id for one in validate_bcp_configuration(None)}
    assert ("oauth2_provider.W008" in said) is (legacy and schemes != ["https"])


def test_the_other_warnings_of_dots_check_are_left_alone(settings):
    settings.OAUTH2_PROVIDER = {"ALLOW_URI_WILDCARDS": True, "PKCE_REQUIRED": False}
    oauth2_settings.reload()
    assert {one.id for one in validate_bcp_configuration(None)} == {"oauth2_provider.W009", "oauth2_provider.W010"}


EARLY = """
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *{apps!r}],
    DATABASES={{}},
    USE_TZ=True,
)
from django.apps import AppConfig, apps

def early():
    import oauth2_provider.backends, oauth2_provider.oauth2_validators
    import oauth2_provider.contrib.rest_framework
    from oauth2_provider.settings import oauth2_settings
    oauth2_settings.OAUTH2_VALIDATOR_CLASS, oauth2_settings.SCOPES_BACKEND_CLASS

from django.contrib.auth.apps import AuthConfig
ready = AuthConfig.ready
AuthConfig.ready = lambda self: (ready(self), early())
django.setup()

from oauth2_provider import backends
from oauth2_provider.contrib.rest_framework import permissions
from oauth2_provider.settings import oauth2_settings
from oauth_provider.rest_framework.authentication import OAuthAuthentication

print(
    type(backends.OAuthLibCore.server.request_validator).__name__,
    oauth2_settings.OAUTH2_VALIDATOR_CLASS.__name__,
    oauth2_settings.SCOPES_BACKEND_CLASS.__name__,
    OAuthAuthentication in permissions.OAuth2Authentication,
)
"""


@pytest.mark.parametrize("apps", [("oauth2_provider", "oauth_provider"), ("oauth_provider", "oauth2_provider")])
def test_neither_the_order_of_apps_nor_who_was_imported_first_matters(apps):
    """DRF is not even among the apps: its classes work without, and so must what we do to them."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", EARLY.format(apps=apps)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["BridgeValidator", "BridgeValidator", "RegistryScopes", "True"]


# -- the scopes backend --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_dots_classes_read_scopes_off_our_registry(settings):
    settings.OAUTH_PROVIDER = {"SCOPES": {"a": "A", "b": "B"}, "DEFAULT_SCOPES": ["a", "b"]}
    application = ApplicationFactory()
    backend = get_scopes_backend()
    words = {name: str(entry.title) for name, entry in IDENTITY_SCOPES.items()}
    assert backend.get_all_scopes() == {**words, "a": "A", "b": "B"}
    assert backend.get_available_scopes() == [*IDENTITY_SCOPES, "a", "b"]
    assert backend.get_available_scopes(application) == [*IDENTITY_SCOPES, "a", "b"]
    ClientPolicy(application=application, scopes=["b"]).save()
    application.refresh_from_db()
    assert backend.get_available_scopes(application) == ["b"]
    assert backend.get_default_scopes(application) == ["b"]
