"""The project with django-oauth-toolkit alone, at its defaults."""

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import SCOPES, database

ROOT_URLCONF = "benchmarks.urls_dot"
DATABASES = {"default": database("dot")}
OAUTH2_PROVIDER = {"SCOPES": SCOPES}
