"""The project with django-oauth-toolkit alone, at its defaults."""

from benchmarks.settings import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings import SCOPES, database

ROOT_URLCONF = "benchmarks.urls_dot"
DATABASES = {"default": database("dot")}
OAUTH2_PROVIDER: dict[str, object] = {"SCOPES": SCOPES}
