"""System checks, one file for each concern. Importing this registers them."""

from oauth_provider.checks import (
    authentication,
    clients,
    configuration,
    databases,
    dot,
    guards,
    logout,
    resources,
    revocation,
    signing_keys,
    subjects,
    urls,
)

__all__ = [
    "authentication",
    "clients",
    "configuration",
    "databases",
    "dot",
    "guards",
    "logout",
    "resources",
    "revocation",
    "signing_keys",
    "subjects",
    "urls",
]
