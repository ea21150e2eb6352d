"""The project whose admin is measured: as ``startproject`` writes it, with the provider in it."""

from benchmarks.settings import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings import INSTALLED_APPS, SCOPES, database

INSTALLED_APPS = ["django.contrib.admin", "django.contrib.staticfiles", *INSTALLED_APPS, "oauth_provider"]
ROOT_URLCONF = "benchmarks.admin.urls"
DATABASES = {"default": database("admin")}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
OAUTH_PROVIDER = {"ISSUER": "https://api.example.com", "SCOPES": SCOPES}
