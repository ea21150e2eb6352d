"""DOT's scopes backend, based on our registry of scopes (RFC 6749 §3.3)."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.registry.scope import allowed_scopes, configured_scopes


class RegistryScopes(BaseScopes):  # type: ignore[misc]  # DOT ships no types
    """Scopes backend for DOT's classes."""

    def get_all_scopes(self) -> dict[str, str]:
        """Return every scope of the settings with its description.

        DOT's decorators ask while a URLconf is imported, when no database may be asked.
        """
        return dict(configured_scopes())

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return the scopes that the client may ask for; all without a client."""
        if application is None:
            return list(configured_scopes())
        return list(allowed_scopes(ClientPolicy.of(application)))

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        """Return the scopes of a request without ``scope``."""
        available = self.get_available_scopes(application, request)
        return [scope for scope in provider_settings.DEFAULT_SCOPES if scope in available]
