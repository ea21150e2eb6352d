"""Token bindings: what DOT's access token row cannot say of a token."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import ACCESS_TOKEN
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.primary import PrimaryManager


class TokenBinding(models.Model):
    """The sign-in, key and details of an access token. A plain client_credentials token has no row."""

    access_token = models.OneToOneField(
        ACCESS_TOKEN, on_delete=models.CASCADE, primary_key=True, related_name="oauth_binding"
    )
    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, null=True, related_name="token_bindings")
    cnf = models.JSONField(_("key binding"), null=True)
    act = models.JSONField(_("actor"), null=True)
    authorization_details = models.JSONField(_("authorization details"), default=list)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("token binding")
        verbose_name_plural = _("token bindings")

    def __str__(self) -> str:
        return f"binding of access token {self.access_token_id}"
