"""What examples show and guard: a note, and a photo that can be printed."""

from django.conf import settings
from django.db import models


class Note(models.Model):
    """A note of somebody."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.TextField(blank=True)

    def __str__(self):
        return self.text


class Photo(models.Model):
    """A photo, known by its name."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self):
        return self.name
