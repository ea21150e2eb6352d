"""Consent receipts (ISO/IEC TS 27560): what a person was shown and agreed to, word by word, as it was then.

A row is written with the yes, in its transaction, and its words never change. It names its client and its person by
their ids as text, and outlives both.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.consent import Consent
from oauth_provider.models.primary import PrimaryManager

STANDING = Q(ended_at=None)


class ConsentReceiptManager(PrimaryManager["ConsentReceipt"]):
    """Finding the receipts of a person, and those that nothing stands on any more."""

    def of_person(self, user: str) -> QuerySet["ConsentReceipt"]:
        """Rows of the person with this primary key as text, the latest first."""
        return self.filter(user=user).order_by("-given_at", "-pk")

    def newly_ended(self) -> QuerySet["ConsentReceipt"]:
        """Rows whose consent was taken back, or agreed to anew, and that do not say so yet."""
        later = self.filter(consent=OuterRef("consent"), pk__gt=OuterRef("pk"))
        standing = Consent.objects.using(later.db).filter(pk=OuterRef("consent_id"))
        return self.filter(STANDING, Exists(later) | ~Exists(standing)).order_by("given_at")

    def ended_before(self, moment: datetime) -> QuerySet["ConsentReceipt"]:
        """Rows that ended before ``moment``, the first of them first."""
        return self.filter(ended_at__lt=moment).order_by("ended_at")


class ConsentReceipt(models.Model):
    """One yes of one person: who asked, where the answer went, and each permission in the words of that page."""

    given_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)
    # The row may be gone, whose key comes never again: then it was taken back, or its client or its person is gone.
    consent = models.ForeignKey(
        Consent, on_delete=models.DO_NOTHING, db_constraint=False, editable=False, related_name="receipts"
    )
    # Set by the sweep, from when it is kept for a while.
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    user = models.CharField(_("user"), max_length=255, editable=False)
    client_id = models.CharField(_("client"), max_length=255, editable=False)
    context = models.CharField(_("context"), max_length=200, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=35, blank=True, editable=False)
    version = models.CharField(_("version"), max_length=32, editable=False, help_text=_("of this software"))
    content = models.JSONField(_("what was shown and agreed to"), default=dict, editable=False)

    objects: ClassVar[ConsentReceiptManager] = ConsentReceiptManager()

    class Meta:
        verbose_name = _("consent receipt")
        verbose_name_plural = _("consent receipts")
        indexes = (
            models.Index(fields=["user", "given_at"], name="oauth_provider_receipt_user"),
            models.Index(fields=["given_at"], name="oauth_provider_receipt_stands", condition=STANDING),
            models.Index(fields=["ended_at"], name="oauth_provider_receipt_ended", condition=~STANDING),
        )

    def __str__(self) -> str:
        return f"{self.client_id}, {self.given_at:%Y-%m-%d %H:%M}"
