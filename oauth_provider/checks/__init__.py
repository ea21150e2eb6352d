"""System checks, one file for each concern. Importing this registers them."""

from oauth_provider.checks import (
    authentication,
    authorization_details,
    clients,
    configuration,
    databases,
    dot,
    encryption,
    guards,
    legacy,
    logout,
    request_objects,
    resources,
    revocation,
    signing_keys,
    subjects,
    urls,
)

__all__ = [
    "authentication",
    "authorization_details",
    "clients",
    "configuration",
    "databases",
    "dot",
    "encryption",
    "guards",
    "legacy",
    "logout",
    "request_objects",
    "resources",
    "revocation",
    "signing_keys",
    "subjects",
    "urls",
]
