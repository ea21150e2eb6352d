"""Invitations into the team of a client. Nobody is a member before they said yes: members may use it untested."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.client_member import ClientMember
from oauth_provider.models.primary import PrimaryManager

LIFETIME = timedelta(days=14)
MAX_NAME = 254


class ClientInvitation(models.Model):
    """An invitation under the ``name`` that was typed.

    ``user`` is null where nobody is called so: whoever invites must not learn whether somebody has an account here.
    """

    application = models.ForeignKey(
        APPLICATION, on_delete=models.CASCADE, related_name="oauth_invitations", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="oauth_invitations"
    )
    name = models.CharField(_("invited"), max_length=MAX_NAME)
    role = models.CharField(_("role"), max_length=16, choices=ClientMember.Role.choices)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (models.UniqueConstraint(fields=["application", "name"], name="oauth_provider_one_invitation"),)

    def __str__(self) -> str:
        return f"invitation to {self.application_id}"
