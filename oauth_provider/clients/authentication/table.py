"""The methods of client authentication that are taken here (RFC 7591 §2): the only list of them."""

from collections.abc import Mapping

from oauth_provider.clients.authentication.method import Method
from oauth_provider.conf import provider_settings
from oauth_provider.registry.table import load_table, remembered

DEFAULT_METHODS = (
    "oauth_provider.clients.authentication.client_secret_basic",
    "oauth_provider.clients.authentication.client_secret_post",
    "oauth_provider.clients.authentication.private_key_jwt",
    "oauth_provider.clients.authentication.none",
)
SETTING = "CLIENT_AUTHENTICATION_METHODS"


@remembered
def methods() -> Mapping[str, Method]:
    """Return them by name: ours, then those of ``CLIENT_AUTHENTICATION_METHODS``. Raises ``ImproperlyConfigured``."""
    paths = (*DEFAULT_METHODS, *provider_settings.CLIENT_AUTHENTICATION_METHODS)
    return load_table(SETTING, paths, "METHOD", ("credentials", "verify"))
