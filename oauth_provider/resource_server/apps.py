"""Resource server app: all that an API needs in order to take access tokens (RFC 6750).

It has no models and needs neither a database nor the provider in the same project.
"""

from django.apps import AppConfig
from django.core import checks as framework
from django.utils.translation import gettext_lazy as _


class ResourceServerConfig(AppConfig):
    """App config of ``oauth_provider.resource_server`` in ``INSTALLED_APPS``."""

    name = "oauth_provider.resource_server"
    label = "oauth_resource_server"
    verbose_name = _("OAuth resource server")

    def ready(self) -> None:
        """Register the checks, and connect to django-cors-headers."""
        from oauth_provider.resource_server import checks
        from oauth_provider.resource_server.views import cors

        cors.connect()

        for check in checks.CHECKS:
            framework.register(check, framework.Tags.security)
        for check in checks.DEPLOY_CHECKS:
            framework.register(check, framework.Tags.security, deploy=True)
        for check in checks.URL_CHECKS:
            framework.register(check, framework.Tags.urls)
