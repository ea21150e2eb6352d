"""The project with ``oauth_provider``, whose API believes signatures, as one on a machine of its own does."""

from typing import Any

from benchmarks.settings_ours import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings_ours import database

DATABASES = {"default": database("jwt")}
OAUTH_RESOURCE_SERVER: dict[str, Any] = {
    "VERIFIER": "oauth_provider.resource_server.verifiers.JWTVerifier",
    "RESOURCE": "https://api.example.com",
    "JWT": {"JWKS_URIS": {}},  # the worker says where
}
