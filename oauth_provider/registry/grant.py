"""The grants that are served here (RFC 6749 §1.3): the only list of them. All others are derived from it."""

from collections.abc import Mapping
from typing import Any

from oauth_provider.conf import provider_settings
from oauth_provider.registry.table import load_table, remembered

DEFAULT_GRANTS = (
    "oauth_provider.grants.authorization_code",
    "oauth_provider.grants.refresh_token",
    "oauth_provider.grants.client_credentials",
)
MEMBERS = ("parameters", "read", "decide")


@remembered
def load_grants() -> Mapping[str, Any]:
    """Return them by ``grant_type``: ours, then those of ``GRANTS``. Raises ``ImproperlyConfigured``.

    ``grants.table`` says what each of them is.
    """
    return load_table("GRANTS", (*DEFAULT_GRANTS, *provider_settings.GRANTS), "grant_type", MEMBERS)


def grant_types() -> tuple[str, ...]:
    """Return their names on the wire (RFC 7591 §2), in order."""
    return tuple(load_grants())
