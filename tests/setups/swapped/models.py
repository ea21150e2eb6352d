"""All of DOT's models that can be swapped, swapped together."""

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)


class Application(AbstractApplication):
    """With a column of the project's own."""

    about = models.TextField(blank=True)


class Grant(AbstractGrant):
    """As it is."""


class IDToken(AbstractIDToken):
    """As it is."""


class AccessToken(AbstractAccessToken):
    """With a column of the project's own, which has a default."""

    seen = models.PositiveIntegerField(default=0)


class RefreshToken(AbstractRefreshToken):
    """As it is."""
