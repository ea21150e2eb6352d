"""Photos: whose they are. What is done to them is done by the photos service."""

from django.conf import settings
from django.db import models


class Photo(models.Model):
    """A photo of one user, by the name that the photos service has for it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photos")
    name = models.SlugField(max_length=40, db_index=False)
    title = models.CharField(max_length=100)

    class Meta:
        ordering = ("title",)
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="gallery_one_photo"),)

    def __str__(self) -> str:
        return self.title
