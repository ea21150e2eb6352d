"""Registrations of clients that registered themselves (RFC 7591 §3.2.1, RFC 7592 §3), apart from what they may do.

Here is what only the client itself needs back, and the digest of the token that it manages its registration with.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models, router
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import APPLICATION, Row
from oauth_provider.models.initial_access_token import InitialAccessToken
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.validation import check_names
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest, equal


class DynamicRegistrationManager(PrimaryManager["DynamicRegistration"]):
    """The verbs of registrations."""

    @sensitive_variables()
    def begin(self, application: Row, **columns: Any) -> tuple["DynamicRegistration", str]:
        """Add the row of a new client. Its token is returned here and nowhere else."""
        token = token_string.make_token(token_string.REGISTRATION_ACCESS_TOKEN)
        return self.create(application=application, digest=digest(token), **columns), token

    @sensitive_variables()
    def find(self, client_id: str, token: str) -> "DynamicRegistration | None":
        """Return the registration of ``client_id`` if ``token`` is for it. What we never made asks no database."""
        if not token_string.is_token(token, token_string.REGISTRATION_ACCESS_TOKEN):
            return None
        rows = self.select_related("application", "application__oauth_policy")
        row = rows.filter(application__client_id=client_id).first()
        return row if row is not None and row.is_opened_by(token) else None

    @sensitive_variables()
    def rotate(self, row: "DynamicRegistration", token: str, **columns: Any) -> str | None:
        """Return a new token in place of ``token``, and write ``columns``; None where it is not good any more.

        ``token`` stays good until the new one is used, since the answer with that may be lost.
        """
        new, old = token_string.make_token(token_string.REGISTRATION_ACCESS_TOKEN), digest(token)
        standing = self.filter(Q(digest=old) | Q(previous_digest=old), pk=row.pk)
        return new if standing.update(digest=digest(new), previous_digest=old, **columns) else None

    @sensitive_variables()
    def end_previous(self, row: "DynamicRegistration", token: str) -> None:
        """End the token before ``token``, if that is the newest: its holder has got it."""
        if row.previous_digest and equal(digest(token), row.digest):
            self.filter(pk=row.pk, digest=row.digest).update(previous_digest="")

    def of(self, application: Row) -> models.QuerySet["DynamicRegistration"]:
        """Return the registration of ``application``, if it registered itself."""
        return self.using(router.db_for_write(self.model)).filter(application=application)


class DynamicRegistration(models.Model):
    """Registration of one client by itself.

    ``metadata`` has the members that mean something to the client alone, ``vouched`` those of its software statement,
    which no change overrides. ``scopes`` is what its initial access token allowed (null: no such limit).
    """

    application = models.OneToOneField(
        APPLICATION, on_delete=models.CASCADE, primary_key=True, related_name="oauth_registration"
    )
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)
    previous_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="", editable=False)
    metadata = models.JSONField(_("metadata"), default=dict, editable=False)
    vouched = models.JSONField(_("software statement"), default=dict, editable=False)
    scopes = models.JSONField(_("scopes"), null=True, editable=False, validators=[check_names])
    initial_access_token = models.ForeignKey(
        InitialAccessToken,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="registrations",
        verbose_name=_("initial access token"),
    )
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    # The sweep keeps it: since when it has seen no sign-in of the client, and nothing else that it does, live.
    idle_since = models.DateTimeField(_("idle since"), null=True, editable=False)

    objects: ClassVar[DynamicRegistrationManager] = DynamicRegistrationManager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = (models.Index(fields=["idle_since"], name="oauth_provider_idle_clients"),)

    def __str__(self) -> str:
        return f"registration of {self.application_id}"

    @sensitive_variables()
    def is_opened_by(self, token: str) -> bool:
        """Is ``token`` the one for this registration, or the one before it, while nobody has used that?"""
        presented = digest(token)
        is_newest = equal(presented, self.digest)
        return is_newest or (bool(self.previous_digest) and equal(presented, self.previous_digest))

    @property
    def issued_at(self) -> int:
        """Return ``client_id_issued_at``, in seconds since the epoch."""
        moment: datetime = self.created_at
        return int((moment if timezone.is_aware(moment) else timezone.make_aware(moment)).timestamp())
