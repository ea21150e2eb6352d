"""A provider whose people sign in by django-allauth, with a second factor that a trusted browser is not asked for."""

from tests.foreign.settings import *  # noqa: F403
from tests.foreign.settings import ADDRESS, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "oauth_provider",
]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ROOT_URLCONF = "tests.foreign.step_up.urls"
LOGIN_URL = "account_login"
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_TRUST_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a code serves once, and a test has no time to wait for the next

OAUTH_PROVIDER = {
    "ISSUER": ADDRESS,
    "SCOPES": {"notes:read": "Read your notes"},
    "AUTHENTICATION_CONTEXT": "tests.foreign.step_up.context.AllauthContext",
}
