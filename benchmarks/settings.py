"""What the two projects that are compared have in common; each adds its own half and nothing else.

``DATABASE_URL`` names a PostgreSQL server; databases of our own are made on it and dropped again.
"""

import os
from typing import Any

from demo_project import environment

SECRET_KEY = "benchmarks"
DEBUG = False
ALLOWED_HOSTS = ["api.example.com"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "oauth2_provider",
]

# What ``startproject`` writes, in both: it costs both the same, and so speaks for neither.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

SCOPES = {"notes:read": "Read your notes", "notes:write": "Write and delete your notes"}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}


# What has psycopg prepare every statement.
BY_PSYCOPG = {"server_side_binding": True, "prepare_threshold": 5}
# Each side waits once for the disk, at COMMIT, which says something about the disk and nothing about either.
UNFLUSHED = {"options": "-c synchronous_commit=off"}


def database(subject: str, **options: Any) -> dict[str, Any]:
    """The database of one subject: connections are kept, as any project that cares for speed keeps them.

    ``OPTIONS`` are Django's own but for ``options``; what the URL says wins.
    """
    described = environment.database(os.environ["DATABASE_URL"])
    return {
        **described,
        "OPTIONS": {**UNFLUSHED, **options, **described["OPTIONS"]},
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": f"{described['NAME']}_benchmark_{subject}{os.environ.get('BENCHMARK_SUFFIX', '')}"},
    }


TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
