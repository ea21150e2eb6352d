"""The demo as an app: its pages and its ``demo_seed`` command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo itself."""

    name = "demo_project"
    label = "demo"
