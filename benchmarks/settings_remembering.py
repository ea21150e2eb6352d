"""The project with ``oauth_provider``, whose APIs remember good tokens for a moment."""

from benchmarks.settings_ours import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings_ours import OAUTH_PROVIDER as OURS
from benchmarks.settings_ours import database

DATABASES = {"default": database("remembering")}
OAUTH_PROVIDER = OURS | {"VERIFICATION_CACHE_LIFETIME": 30}
