"""The admin in projects of every kind (see ``tests/setups``): in either order, swapped, or with a class of its own."""

import subprocess
import sys

import pytest

from tests.setups.test_setups import python

OURS = {
    "AccessToken": "oauth_provider.admin.access_token.AccessTokenAdmin",
    "Application": "oauth_provider.admin.clients.application.ApplicationAdmin",
    "Authorization": "oauth_provider.admin.authorization.AuthorizationAdmin",
    "AuditEvent": "oauth_provider.admin.audit_event.AuditEventAdmin",
    "Consent": "oauth_provider.admin.consent.ConsentAdmin",
    "InitialAccessToken": "oauth_provider.admin.initial_access_token.InitialAccessTokenAdmin",
    "LogoutDelivery": "oauth_provider.admin.logout_delivery.LogoutDeliveryAdmin",
    "RefreshToken": "oauth_provider.admin.refresh_token.RefreshTokenAdmin",
    "Resource": "oauth_provider.admin.resource.ResourceAdmin",
    "Scope": "oauth_provider.admin.scope.ScopeAdmin",
    "SigningKey": "oauth_provider.admin.signing_key.SigningKeyAdmin",
}


def places(tmp_path, setup, admin, **environment):
    """Who stands where, apart from Django's own; the project has made, used and deleted a client by then."""
    printed = python("operator", SETUP=setup, ADMIN=admin, DATABASE=str(tmp_path / "project.sqlite3"), **environment)
    found = dict(line.split() for line in printed.splitlines())
    return {name: place for name, place in found.items() if name not in ("Group", "User")}


@pytest.mark.parametrize(
    ("setup", "admin"),
    [
        ("dot_first", "first"),
        ("dot_last", "last"),
        ("swapped", "first"),
        ("swapped_dot_last", "last"),
        ("swapped_late", "first"),
        ("uuid_user", "first"),
        ("no_time_zones", "first"),
    ],
)
def test_ours_stand_in_the_place_of_dots(tmp_path, setup, admin):
    assert places(tmp_path, setup, admin) == OURS


@pytest.mark.parametrize(("setup", "admin"), [("dot_first", "first"), ("dot_last", "last")])
def test_a_projects_own_class_is_let_be(tmp_path, setup, admin):
    own = "tests.setups.own_admin.OwnAdmin"
    assert places(tmp_path, setup, admin, ADMIN_CLASS=own) == OURS | {"Application": own}


@pytest.mark.parametrize("setup", ["dot_first", "dot_last"])
def test_a_project_can_derive_its_own_class_from_ours(tmp_path, setup):
    own = "tests.setups.derived_admin.DerivedAdmin"
    assert places(tmp_path, setup, "first", ADMIN_CLASS=own) == OURS | {"Application": own}


def test_a_project_without_an_admin_loads_nothing_of_it(tmp_path):
    program = "import sys, django; django.setup(); import oauth_provider.urls; print([name for name in sys.modules"
    program += " if name.startswith(('oauth_provider.admin', 'oauth2_provider.admin', 'django.contrib.admin'))])"
    environment = {
        "SETUP": "dot_first",
        "DATABASE": str(tmp_path / "x"),
        "DJANGO_SETTINGS_MODULE": "tests.setups.settings",
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
