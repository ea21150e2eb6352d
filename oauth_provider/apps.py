"""App config: connects receivers, registers the verifier, and installs our defaults in DOT's settings."""

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

# Clients and tokens are models of the first, people of the second, and permissions refer to the third.
NEEDED_APPS = ("oauth2_provider", "django.contrib.auth", "django.contrib.contenttypes")
VERIFIER = "oauth_provider.tokens.verifier.verify"


class OAuthProviderConfig(AppConfig):
    """App config of ``oauth_provider`` in ``INSTALLED_APPS``."""

    name = "oauth_provider"
    label = "oauth_provider"
    verbose_name = _("OAuth")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Check the apps and the private names that the models need first: later it would be a long traceback."""
        from oauth_provider import private_api

        require_apps()
        private_api.require(private_api.DJANGO)
        super().import_models()

    def ready(self) -> None:
        """Connect everything. Imports are inside, since models are loaded only now."""
        from oauth_provider import private_api

        private_api.require(private_api.OTHERS)
        if any(connection.vendor == "postgresql" for connection in connections.all()):
            private_api.require(private_api.PSYCOPG)
        from oauth_provider import checks  # noqa: F401 - registers them
        from oauth_provider.bridge.defaults import install_dot_defaults
        from oauth_provider.conf import provider_settings
        from oauth_provider.registry.scope import project_titles
        from oauth_provider.resource_server.conf import register_default_issuer, register_default_verifier

        register_default_verifier(VERIFIER)
        register_default_issuer(lambda: provider_settings.ISSUER, project_titles)
        if apps.is_installed("drf_spectacular"):
            from oauth_provider.rest_framework import schema  # noqa: F401 - registers itself
        connect_receivers()
        install_dot_defaults()
        autodiscover_modules("oauth_claims", "oauth_scopes")
        if apps.is_installed("django.contrib.admin"):
            private_api.require(private_api.ADMIN)
            renew_admin()


def require_apps() -> None:
    """Raise ``ImproperlyConfigured`` where an app is not installed whose models ours refer to."""
    missing = [name for name in NEEDED_APPS if not apps.is_installed(name)]
    if missing:
        raise ImproperlyConfigured(
            f"oauth_provider needs more in INSTALLED_APPS: add {' and '.join(map(repr, missing))}, in any order."
        )


def connect_receivers() -> None:
    """Connect to the signals of rows, sessions and other people's middleware, and the models to the registry."""
    from django.contrib.auth.signals import user_logged_in, user_logged_out

    from oauth_provider.authorization.flushed_session import watch_sessions
    from oauth_provider.authorization.logout import end_with_session
    from oauth_provider.authorization.sign_in import SIGN_IN, remember
    from oauth_provider.clients import origins
    from oauth_provider.pages import log_mask
    from oauth_provider.registry import kept_scopes, policy_names
    from oauth_provider.resource_server.views import cors
    from oauth_provider.tokens import denylist, row_events, token_cache_invalidation

    receivers = (row_events, denylist, token_cache_invalidation, origins, cors, log_mask, policy_names, kept_scopes)
    for module in receivers:
        module.connect()
    watch_sessions(SIGN_IN)
    user_logged_in.connect(remember, dispatch_uid="oauth_provider.sign_in")
    user_logged_out.connect(end_with_session, dispatch_uid="oauth_provider.logout")


def renew_admin() -> None:
    """Register the admin again, for a project whose admin imported ours while DOT was registering its own."""
    from oauth_provider.dot.admin import is_loaded

    if is_loaded():
        from django.contrib import admin

        from oauth_provider.admin.registration import register_admin_classes

        register_admin_classes(admin.site)
