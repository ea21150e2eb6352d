"""The app of the example."""

from django.apps import AppConfig


class FrontEndConfig(AppConfig):
    """``docs.examples.front_end``; in a project of yours, ``front_end``."""

    name = "docs.examples.front_end"
