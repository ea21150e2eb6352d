"""The project with django-oauth-toolkit alone where psycopg prepares every statement."""

from benchmarks.settings_dot import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings_dot import BY_PSYCOPG, database

DATABASES = {"default": database("dot_psycopg", **BY_PSYCOPG)}
