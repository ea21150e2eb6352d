"""URLs: everything but ``/.well-known/`` is under ``/oauth/``, with and without a trailing slash.

``well_known`` is separate for projects that mount the rest below a prefix: RFC 8414 §3 wants it at the root, and OpenID
Connect Discovery §4 below the issuer. ``accounts`` is for projects without login pages of their own, to be mounted at
``accounts/``, where Django's ``LOGIN_URL`` and ``LOGIN_REDIRECT_URL`` lead by default.
"""

from django.urls import path, re_path

from oauth_provider.endpoints import (
    client_configuration,
    introspection,
    jwks,
    metadata,
    pushed_authorization_request,
    registration,
    revocation,
    token,
    userinfo,
)
from oauth_provider.pages import check_session, client_accent, client_logo
from oauth_provider.pages.account.logout import LogoutView
from oauth_provider.pages.account.profile import profile
from oauth_provider.pages.applications.app_page import app
from oauth_provider.pages.applications.code_page import app_code
from oauth_provider.pages.applications.delete_page import app_delete
from oauth_provider.pages.applications.failures_page import app_failures
from oauth_provider.pages.applications.list_page import apps
from oauth_provider.pages.applications.new_page import apps_new
from oauth_provider.pages.applications.scopes_page import app_scopes
from oauth_provider.pages.applications.settings_page import app_settings
from oauth_provider.pages.applications.team_page import app_team
from oauth_provider.pages.authorize import authorize
from oauth_provider.pages.connected_apps.view import connected_apps
from oauth_provider.pages.consent import consent
from oauth_provider.pages.login import LoginView
from oauth_provider.pages.logout import confirm, logout
from oauth_provider.pages.select_account import select_account
from oauth_provider.pages.sign_in_again import sign_in_again

app_name = "oauth_provider"

_well_known_here = [
    re_path(r"^\.well-known/oauth-authorization-server/?$", metadata.view),
    re_path(r"^\.well-known/oauth-authorization-server/(?P<path>.+)$", metadata.view),
    re_path(r"^\.well-known/openid-configuration/?$", metadata.view),
    re_path(r"^\.well-known/openid-configuration/(?P<path>.+)$", metadata.view),
]

well_known = [
    *_well_known_here,
    # OpenID Connect Discovery §4 puts it behind the issuer's path. Not among ours below: it would hide DOT's own.
    re_path(r"^(?P<path>.+)/\.well-known/openid-configuration/?$", metadata.view),
]

accounts = [
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("profile/", profile, name="profile"),
]

# Django tries one after the other, so what is called most often comes first.
urlpatterns = [
    re_path(r"^oauth/token/?$", token.token, name="token"),
    re_path(r"^oauth/introspect/?$", introspection.introspection, name="introspect"),
    re_path(r"^oauth/authorize/?$", authorize, name="authorize"),
    re_path(r"^oauth/userinfo/?$", userinfo.view, name="userinfo"),
    re_path(r"^oauth/revoke/?$", revocation.revoke, name="revoke"),
    re_path(r"^oauth/par/?$", pushed_authorization_request.pushed_authorization_request, name="par"),
    re_path(r"^oauth/register/?$", registration.view, name="register"),
    re_path(
        r"^oauth/register/(?P<client_id>[!-.0-~]{1,255})/?$", client_configuration.view, name="client_configuration"
    ),
    re_path(r"^oauth/consent/(?P<handle>[0-9A-Za-z]{43})/?$", consent, name="consent"),
    re_path(r"^oauth/account/apps/?$", connected_apps, name="connected_apps"),
    re_path(r"^oauth/select-account/?$", select_account, name="select_account"),
    re_path(r"^oauth/sign-in-again/?$", sign_in_again, name="sign_in_again"),
    re_path(r"^oauth/logo/(?P<digest>[0-9a-f]{64})/?$", client_logo.view, name="logo"),
    re_path(
        r"^oauth/accent/(?P<light>[0-9a-f]{6}|none)-(?P<dark>[0-9a-f]{6}|none)/?$", client_accent.view, name="accent"
    ),
    re_path(r"^oauth/jwks/?$", jwks.view, name="jwks"),
    re_path(r"^oauth/logout/?$", logout, name="logout"),
    re_path(r"^oauth/logout/confirm/?$", confirm, name="logout_confirm"),
    re_path(r"^oauth/check_session/?$", check_session.view, name="check_session"),
    # An identifier may hold slashes.
    re_path(r"^oauth/apps/?$", apps, name="apps"),
    re_path(r"^oauth/apps/new/?$", apps_new, name="apps_new"),
    re_path(r"^oauth/apps/(?P<client_id>.+)/settings/?$", app_settings, name="app_settings"),
    re_path(r"^oauth/apps/(?P<client_id>.+)/scopes/?$", app_scopes, name="app_scopes"),
    re_path(r"^oauth/apps/(?P<client_id>.+)/team/?$", app_team, name="app_team"),
    re_path(r"^oauth/apps/(?P<client_id>.+)/code/?$", app_code, name="app_code"),
    re_path(r"^oauth/apps/(?P<client_id>.+)/failures/?$", app_failures, name="app_failures"),
    re_path(r"^oauth/apps/(?P<client_id>.+)/delete/?$", app_delete, name="app_delete"),
    re_path(r"^oauth/apps/(?P<client_id>.+?)/?$", app, name="app"),
    *_well_known_here,
]
