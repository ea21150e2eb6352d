"""A note: what the demo's API keeps for a person."""

from django.conf import settings
from django.db import models

TEXT_LENGTH = 2000


class Note(models.Model):
    """A short text that belongs to one user."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=TEXT_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.text[:40]
