"""Members: who may manage a client. Deleting a person never deletes a client (RFC 6749 §2)."""

from typing import ClassVar

from django.conf import settings
from django.db import models, router
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION, Row
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.sql.transaction import run


class ClientMemberManager(PrimaryManager["ClientMember"]):
    """The verbs of membership."""

    def adopt(self, application: Row) -> None:
        """Move ``Application.user``, whose deletion would delete the client, into a membership."""
        if application.user_id is None:
            return
        user_id = application.user_id

        def work() -> None:
            self.get_or_create(application=application, user_id=user_id, defaults={"role": ClientMember.Role.OWNER})
            type(application)._base_manager.filter(pk=application.pk).update(user=None)

        run(work, using=router.db_for_write(ClientMember), durable=False)
        application.user = None


class ClientMember(models.Model):
    """A user who may manage a client. Deleting the user ends the membership, never the client."""

    class Role(models.TextChoices):
        """The permissions of a member: all of it, what concerns the app and not its team, and looking at it."""

        OWNER = "owner", _("owner")
        DEVELOPER = "developer", _("developer")
        VIEWER = "viewer", _("viewer")

    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.OWNER)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects: ClassVar[ClientMemberManager] = ClientMemberManager()

    class Meta:
        verbose_name = _("client member")
        verbose_name_plural = _("client members")
        constraints = (models.UniqueConstraint(fields=["application", "user"], name="oauth_provider_one_membership"),)

    def __str__(self) -> str:
        return f"{self.user_id} of {self.application_id}"
