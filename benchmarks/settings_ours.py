"""The project with ``oauth_provider``, as it is installed."""

from typing import Any

from benchmarks.settings import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings import INSTALLED_APPS, SCOPES, database

INSTALLED_APPS = [*INSTALLED_APPS, "oauth_provider"]
ROOT_URLCONF = "benchmarks.urls_ours"
DATABASES = {"default": database("ours")}
OAUTH_PROVIDER: dict[str, Any] = {
    "ISSUER": "https://api.example.com",
    "SCOPES": SCOPES,
    "UNREDEEMED_CODES_PER_USER": 1000,  # those of a round wait for it together
}
