"""The app: connects what it listens to, offers its verifier, and takes the places that DOT leaves free."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERIFIER = "oauth_provider.tokens.verifier.verify"


class OAuthProviderConfig(AppConfig):
    """``oauth_provider``."""

    name = "oauth_provider"
    label = "oauth_provider"
    verbose_name = _("OAuth provider")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Imports wait until here, when every model is loaded."""
        from django.contrib.auth.signals import user_logged_in

        from oauth_provider import checks  # noqa: F401 - registers them
        from oauth_provider.authorization.sign_in import remember
        from oauth_provider.bridge.defaults import take_places
        from oauth_provider.resource_server.conf import register_default_verifier
        from oauth_provider.tokens.events import connect

        register_default_verifier(VERIFIER)
        connect()
        user_logged_in.connect(remember, dispatch_uid="oauth_provider.sign_in")
        take_places()
