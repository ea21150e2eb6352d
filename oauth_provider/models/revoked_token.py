"""JWT access tokens of clients' own that were revoked (RFC 7009 §2): they hang on nothing else that could end.

A token of a person ends with its authorization, and needs no row here.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models, router
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.transaction import run
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest


class RevokedTokenManager(PrimaryManager["RevokedToken"]):
    """The verb of revoked tokens."""

    def add_token(self, jti: str, expires: datetime) -> None:
        """Refuse the token called ``jti`` from now on; once more changes nothing."""
        using = router.db_for_write(self.model)
        row = self.model(jti_digest=digest(jti), expires=expires)
        run(lambda: self.using(using).bulk_create([row], ignore_conflicts=True), using=using, single=True)


class RevokedToken(models.Model):
    """One of them, until it would have expired."""

    jti_digest = models.CharField(max_length=DIGEST_LENGTH, primary_key=True, editable=False)
    expires = models.DateTimeField(_("expires"), db_index=True, editable=False)

    objects: ClassVar[RevokedTokenManager] = RevokedTokenManager()

    class Meta:
        verbose_name = _("revoked token")
        verbose_name_plural = _("revoked tokens")

    def __str__(self) -> str:
        return f"revoked token {self.jti_digest[:8]}"
