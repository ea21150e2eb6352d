"""The notes app: something worth guarding."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Notes that people keep, and the API that reads and writes them."""

    name = "demo_project.notes"
