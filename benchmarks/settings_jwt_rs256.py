"""The project whose API believes signatures, signed by RSA."""

from benchmarks.settings_jwt import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings_jwt import OAUTH_PROVIDER as OURS
from benchmarks.settings_jwt import database

DATABASES = {"default": database("jwt_rs256")}
OAUTH_PROVIDER = OURS | {"ACCESS_TOKEN_SIGNING_ALG": "RS256"}
