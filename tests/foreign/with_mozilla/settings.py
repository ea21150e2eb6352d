"""A project that signs its users in with mozilla-django-oidc, as its documentation has it."""

import os

from tests.foreign.settings import *  # noqa: F403
from tests.foreign.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "mozilla_django_oidc"]
AUTHENTICATION_BACKENDS = ["tests.foreign.with_mozilla.oidc.Backend"]
ROOT_URLCONF = "tests.foreign.with_mozilla.urls"

OIDC_RP_CLIENT_ID = os.environ["CLIENT_ID"]
OIDC_RP_CLIENT_SECRET = os.environ["CLIENT_SECRET"]
OIDC_OP_AUTHORIZATION_ENDPOINT = os.environ["AUTHORIZATION_ENDPOINT"]
OIDC_OP_TOKEN_ENDPOINT = os.environ["TOKEN_ENDPOINT"]
OIDC_OP_USER_ENDPOINT = os.environ["USERINFO_ENDPOINT"]
OIDC_OP_JWKS_ENDPOINT = os.environ["JWKS_URI"]
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_USE_PKCE = True
OIDC_STORE_ID_TOKEN = True
OIDC_OP_LOGOUT_URL_METHOD = "tests.foreign.with_mozilla.oidc.provider_logout"
OIDC_REDIRECT_REQUIRE_HTTPS = False
END_SESSION_ENDPOINT = os.environ["END_SESSION_ENDPOINT"]
