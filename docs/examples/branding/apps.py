"""The app of the example."""

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    """``docs.examples.branding``; in a project of yours, ``branding``. It stands before ``oauth_provider``."""

    name = "docs.examples.branding"
