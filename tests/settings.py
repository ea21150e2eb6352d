"""The project that the tests run in: SQLite, or what ``DATABASE_URL`` and ``CACHE_URL`` name."""

import os

from demo_project import environment
from tests import cache_keys, jose_keys

SECRET_KEY = "tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "oauth2_provider",
    "oauth_provider",
    "docs.examples.vouchers",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

OAUTH_PROVIDER = {
    "ISSUER": "https://auth.example.com",
    "SCOPES": {
        "notes:read": "Read your notes",
        "notes:write": "Write and delete your notes",
        "photos:read": "See your photos",
    },
    # Made once for each process; tests of the keys in the database take these away.
    "SIGNING_KEYS": [jose_keys.private_jwk(alg) for alg in ("RS256", "ES256", "PS256", "EdDSA")],
}

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL") or "sqlite:///:memory:")}
# Each process of a run has a database of Redis to itself, so that a test may empty it.
CACHES = {
    "default": {
        **environment.cache(cache_keys.url_of_this_process(os.environ.get("CACHE_URL", ""))),
        "KEY_FUNCTION": cache_keys.make_key,
    }
}

ROOT_URLCONF = "tests.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# A password costs microseconds here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_URL = "static/"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Django 6.1 has mailers by name; older ones do not look.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
