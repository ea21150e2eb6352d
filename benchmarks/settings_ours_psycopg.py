"""The project with ``oauth_provider`` where psycopg prepares every statement."""

from benchmarks.settings_ours import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings_ours import BY_PSYCOPG, database

DATABASES = {"default": database("ours_psycopg", **BY_PSYCOPG)}
