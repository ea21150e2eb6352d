"""The app: connects what it listens to, offers its verifier, and takes the places that DOT leaves free."""

from django.apps import AppConfig, apps
from django.db import connections
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

VERIFIER = "oauth_provider.tokens.verifier.verify"


class OAuthProviderConfig(AppConfig):
    """``oauth_provider``."""

    name = "oauth_provider"
    label = "oauth_provider"
    verbose_name = _("OAuth provider")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Look first for what the models lean on: where it is not, this is the last chance to say so in one line."""
        from oauth_provider import private_api

        private_api.require(private_api.DJANGO)
        super().import_models()

    def ready(self) -> None:
        """Imports wait until here, when every model is loaded."""
        from oauth_provider import private_api

        private_api.require(private_api.OTHERS)
        if any(connection.vendor == "postgresql" for connection in connections.all()):
            private_api.require(private_api.PSYCOPG)
        from oauth_provider import checks  # noqa: F401 - registers them
        from oauth_provider.bridge.defaults import take_places
        from oauth_provider.conf import provider_settings
        from oauth_provider.resource_server.conf import register_default_issuer, register_default_verifier

        register_default_verifier(VERIFIER)
        register_default_issuer(lambda: provider_settings.ISSUER, lambda: provider_settings.SCOPES)
        if apps.is_installed("drf_spectacular"):
            from oauth_provider.rest_framework import schema  # noqa: F401 - registers itself
        connect_receivers()
        take_places()
        autodiscover_modules("oauth_claims")
        if apps.is_installed("django.contrib.admin"):
            private_api.require(private_api.ADMIN)
            renew_admin()


def connect_receivers() -> None:
    """Listen to what happens to rows, sessions and other people's middleware."""
    from django.contrib.auth.signals import user_logged_in, user_logged_out

    from oauth_provider.authorization.flushed_session import watch_sessions
    from oauth_provider.authorization.logout import end_with_session
    from oauth_provider.authorization.sign_in import SIGN_IN, remember
    from oauth_provider.clients import origins
    from oauth_provider.pages import log_mask
    from oauth_provider.resource_server.views import cors
    from oauth_provider.tokens import denylist, row_events, token_cache_invalidation

    for module in (row_events, denylist, token_cache_invalidation, origins, cors, log_mask):
        module.connect()
    watch_sessions(SIGN_IN)
    user_logged_in.connect(remember, dispatch_uid="oauth_provider.sign_in")
    user_logged_out.connect(end_with_session, dispatch_uid="oauth_provider.logout")


def renew_admin() -> None:
    """Once more, for a project whose admin class of DOT's imported ours while DOT registered its own."""
    from oauth_provider.dot.admin import is_loaded

    if is_loaded():
        from django.contrib import admin

        from oauth_provider.admin.registration import take_places

        take_places(admin.site)
