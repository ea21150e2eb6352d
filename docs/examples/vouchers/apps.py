"""The app of the example."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """``docs.examples.vouchers``; in a project of yours, ``vouchers``."""

    name = "docs.examples.vouchers"
    default_auto_field = "django.db.models.BigAutoField"
