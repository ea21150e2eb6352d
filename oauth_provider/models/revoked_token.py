"""JWT access tokens of clients' own that were revoked (RFC 7009 §2): they hang on nothing else that could end.

A token of a person ends with its authorization, and needs no row here.
"""

from collections import OrderedDict
from datetime import datetime
from typing import ClassVar

from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import TemporarilyUnavailable
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.transaction import run

# A client can make tokens of its own, each to be revoked, without end. They are counted now and then.
MOST_OF_CLIENT, UNCOUNTED = 10_000, 100
# Of how many clients this process remembers how many more they may revoke before that.
REMEMBERED = 1_000
_left: OrderedDict[str, int] = OrderedDict()


class RevokedTokenManager(PrimaryManager["RevokedToken"]):
    """The verb of revoked tokens."""

    def add_token(self, jti: str, expires: datetime, client_id: str = "") -> None:
        """Refuse the token called ``jti`` of ``client_id`` from now on; once more changes nothing.

        Raises ``TemporarilyUnavailable`` (RFC 7009 §2.2.1) where too many of that client's are kept already.
        """
        using = router.db_for_write(self.model)
        row = self.model(jti_digest=digest(jti), expires=expires, client_id=client_id)
        theirs = self.using(using).filter(client_id=client_id, expires__gt=timezone.now())
        if client_id and not _is_allowed(client_id, theirs) and not theirs.filter(pk=row.pk).exists():
            raise TemporarilyUnavailable(Reason.TOO_MANY_REVOKED)
        run(lambda: self.using(using).bulk_create([row], ignore_conflicts=True), using=using, single=True)


class RevokedToken(models.Model):
    """A revoked JWT access token, until it would have expired."""

    jti_digest = models.CharField(max_length=DIGEST_LENGTH, primary_key=True, editable=False)
    expires = models.DateTimeField(_("expires"), db_index=True, editable=False)
    # Empty in rows of before.
    client_id = models.CharField(_("client"), max_length=255, default="", db_default="", editable=False)

    objects: ClassVar[RevokedTokenManager] = RevokedTokenManager()

    class Meta:
        verbose_name = _("revoked token")
        verbose_name_plural = _("revoked tokens")
        indexes = (models.Index(fields=["client_id", "expires"], name="oauth_provider_revoked_client"),)

    def __str__(self) -> str:
        return f"revoked token {self.jti_digest[:8]}"


def _is_allowed(client_id: str, theirs: models.QuerySet[RevokedToken]) -> bool:
    """May ``client_id`` revoke one more? Few calls cost a statement, so every process may let some more pass."""
    left = _left.get(client_id, UNCOUNTED)
    if left <= 0:
        left = min(UNCOUNTED, MOST_OF_CLIENT - theirs.count())
    _left[client_id] = left - 1
    _left.move_to_end(client_id)
    while len(_left) > REMEMBERED:
        _left.popitem(last=False)
    return left > 0
