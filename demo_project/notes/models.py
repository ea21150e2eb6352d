"""Notes: what the demo's API keeps for a person, or for all who share a workspace."""

from django.conf import settings
from django.db import models

TEXT_LENGTH = 2000


class Workspace(models.Model):
    """A place that several people share notes in."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="workspaces")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """A short text that one user wrote, for themselves or for a workspace."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=TEXT_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.text[:40]
