"""Proof that the team of a client publishes at a host: a line in a file there, looked at again and again."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol import host

NONCE_BYTES = 24
# How often the file is looked at again, and how many times in a row it may be missing.
CHECKED_EVERY = timedelta(days=1)
MAX_FAILURES = 3


def new_nonce() -> str:
    """Return a nonce of this team's, which nobody guesses."""
    return secrets.token_urlsafe(NONCE_BYTES)


class PublisherProof(models.Model):
    """The nonce of one client, and the ``host`` at which it was found; "" while it has been found nowhere."""

    application = models.OneToOneField(
        APPLICATION, on_delete=models.CASCADE, primary_key=True, related_name="oauth_publisher_proof"
    )
    nonce = models.CharField(_("nonce"), max_length=64, default=new_nonce, editable=False)
    host = models.CharField(_("host"), max_length=host.MAX_LENGTH, blank=True, default="", editable=False)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0, editable=False)
    asked_at = models.DateTimeField(_("asked"), null=True, editable=False)
    next_check_at = models.DateTimeField(_("next check"), null=True, db_index=True, editable=False)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("proof of a publisher")
        verbose_name_plural = _("proofs of publishers")

    def __str__(self) -> str:
        return f"proof of {self.application_id}"
