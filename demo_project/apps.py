"""The demo as an app: its pages and its ``demo_seed`` command."""

from django.apps import AppConfig
from django.core.servers.basehttp import WSGIServer

# Ten, the default, turn connections away as soon as somebody tries the demo with a few dozen threads.
BACKLOG = 512


class DemoConfig(AppConfig):
    """The demo itself."""

    name = "demo_project"
    label = "demo"

    def ready(self) -> None:
        """What follows is about ``runserver`` alone."""
        WSGIServer.request_queue_size = BACKLOG
