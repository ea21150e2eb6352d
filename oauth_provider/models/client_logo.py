"""Logos of clients (RFC 7591 §2): our own copies, re-encoded. A page never shows an image from elsewhere."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION, Row
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH


class ClientLogoManager(PrimaryManager["ClientLogo"]):
    """Keeping and finding logos."""

    def keep(self, application: Row, digest: str, image: bytes) -> None:
        """Let ``image``, a PNG with this digest, be the logo of ``application`` in place of the one before."""
        self.update_or_create(application=application, defaults={"digest": digest, "image": image})

    def image_of(self, digest: str) -> bytes | None:
        """Return the PNG with this digest; None where no client has it any more."""
        found = self.filter(digest=digest).values_list("image", flat=True).first()
        return None if found is None else bytes(found)


class ClientLogo(models.Model):
    """The logo of one client: a PNG that we made. ``ClientPolicy.logo`` has its digest, too, for pages to name."""

    application = models.OneToOneField(
        APPLICATION, on_delete=models.CASCADE, primary_key=True, related_name="oauth_logo"
    )
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)
    image = models.BinaryField()
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ClientLogoManager] = ClientLogoManager()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")
        indexes: ClassVar[Any] = (models.Index(fields=["digest"], name="oauth_provider_logo_digest"),)

    def __str__(self) -> str:
        return f"logo of {self.application_id}"
