"""A project that uses ``oauth_provider``. Everything that a deployment would change comes from the environment."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from demo_project import addresses, environment
from demo_project.photos.prints import PHOTO_PRINT

BASE_DIR = Path(__file__).resolve().parent.parent

# Good for a demo on your own machine and for nothing else: the demo's passwords and secrets follow from it.
WELL_KNOWN_KEY = "the-demo-runs-on-this-key-and-shows-its-secrets-on-purpose"
SECRET_KEY = os.environ.get("SECRET_KEY", WELL_KNOWN_KEY)
DEBUG = os.environ.get("DEBUG", "1") == "1"
ISSUER = addresses.ISSUER
IS_ON_THIS_MACHINE = urlsplit(ISSUER).hostname in {"127.0.0.1", "localhost", "::1"}
if SECRET_KEY == WELL_KNOWN_KEY and not IS_ON_THIS_MACHINE:
    raise ImproperlyConfigured("A demo that others can reach needs a SECRET_KEY of its own in the environment.")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", urlsplit(ISSUER).hostname or ""]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",  # Swagger UI from our own origin
    "demo_project",  # before oauth_provider, whose oauth_walk it tells about itself
    "demo_project.notes",
    "demo_project.gallery",
    "oauth2_provider",
    "oauth_provider",
]

MIDDLEWARE = [
    "demo_project.errors.own_not_found",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # pages in the language that the browser asks for
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oauth_provider.middleware.BrowserStateMiddleware",  # for logins and logouts on the demo's own pages
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

NOTES_SCOPES: dict[str, dict[str, Any]] = {
    "notes:read": {"title": _("Read your notes"), "group": _("Notes"), "icon": "read", "risk": "reads"},
    "notes:write": {
        "title": _("Write and delete your notes"),
        "description": _("What is deleted cannot be brought back."),
        "group": _("Notes"),
        "icon": "edit",
        "risk": "deletes",
        # Who may write may read: the token says both. And whoever wants to be careful allows to read alone.
        "implies": ["notes:read"],
        "read_twin": "notes:read",
    },
    "notes:everyone": {
        "title": _("Read the notes of all people here"),
        "group": _("Notes"),
        "icon": "organisation",
        "risk": "everything",
        # Asked again at every refresh: who leaves the staff takes this from the apps that they let in.
        "grantable_by": "callable:demo_project.notes.rules.is_staff",
        "refusal": _("Only staff can allow this."),
    },
}


OAUTH_PROVIDER = {
    "ISSUER": ISSUER,
    "SCOPES": {
        **NOTES_SCOPES,
        # Whoever lets an app in may leave out the photos.
        "photos:read": {"title": _("See your photos"), "group": _("Photos"), "icon": "photo", "optional": True},
        "photos:print": {
            "title": _("Order prints of your photos"),
            "group": _("Photos"),
            "icon": "print",
            "risk": "costs",
            "read_twin": "photos:read",
        },
    },
    # A token for one of them opens no other; the notes API takes any that is not for others alone.
    "RESOURCES": {
        addresses.PHOTOS_RESOURCE: {
            "name": _("Photos"),
            "scopes": ["photos:read", "photos:print"],
            "access_token_format": "jwt",
        },
        addresses.ASSISTANT_RESOURCE: _("Notes for assistants"),
        f"{ISSUER}/api/notes": _("Notes"),
    },
    # Whoever belongs to a workspace chooses which one an app works in.
    "GRANT_CONTEXTS": "demo_project.notes.contexts.Workspaces",
    # Anybody who is signed in may register an app: it works for its own team until the operator approves it. And
    # assistants that nobody here has heard of register themselves: here all of them come from one address.
    "REGISTRATION": {
        "PORTAL": {
            "IS_OPEN": True,
            "KINDS": ["web", "browser", "native", "service", "mcp"],
            "REVIEW_SCOPES": ["notes:everyone"],
        },
        "ENDPOINT": {
            "IS_OPEN": True,
            "SCOPES": ["openid", "profile", "email", "offline_access", "notes:read", "notes:write"],
            "PER_ADDRESS": "500/hour",
        },
    },
    # What is more than a scope can say: this very print, and no other (RFC 9396).
    "AUTHORIZATION_DETAILS_TYPES": {PHOTO_PRINT: "demo_project.gallery.prints.PhotoPrint"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "oauth_provider.rest_framework.authentication.OAuthAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Notes",
    "DESCRIPTION": "A person's own notes, for the apps they let in.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # For apps; a session is for the person in the browser. And of all scopes, those of this API.
    "AUTHENTICATION_WHITELIST": ["oauth_provider.rest_framework.authentication.OAuthAuthentication"],
    "OAUTH2_SCOPES": {name: entry["title"] for name, entry in NOTES_SCOPES.items()},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "oauth_provider.rest_framework.schema.document_refusals",
    ],
}

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR}/demo.sqlite3")}
CACHES = {"default": environment.cache(os.environ.get("CACHE_URL", ""))}

ROOT_URLCONF = "demo_project.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,  # the demo's own are found before ours, as those of a project's app would be
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Cookies are kept per host, not per port: a name of our own, beside other projects on this machine.
SESSION_COOKIE_NAME = "demo_session"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# Mails are seen in the terminal of `make demo`.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "Notes <notes@example.com>"
CSRF_FAILURE_VIEW = "demo_project.errors.outdated_form"
STATIC_URL = "static/"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
