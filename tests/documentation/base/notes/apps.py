"""The app of the reader's own that examples guard."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Notes, as in the tutorial."""

    name = "notes"
    default_auto_field = "django.db.models.BigAutoField"
