"""An app that had migrations before it had the model that DOT's is swapped for."""

from django.db import models
from oauth2_provider.models import AbstractApplication


class Team(models.Model):
    """What the app was made for."""

    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Application(AbstractApplication):
    """Added later."""

    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True)
