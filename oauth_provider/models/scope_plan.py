"""Changes of scopes that were applied (RFC 6749 §3.3), and what each row said before, so that they can be undone."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH


class ScopePlan(models.Model):
    """A plan that was begun. One that is not finished goes on where it stopped."""

    document = models.JSONField(_("plan"), editable=False)
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("change of scopes")
        verbose_name_plural = _("changes of scopes")

    def __str__(self) -> str:
        return str(self.pk)


class ScopeRewrite(models.Model):
    """A row that a plan changed: the columns before and after, which hold names of scopes and no secret."""

    plan = models.ForeignKey(ScopePlan, on_delete=models.CASCADE, related_name="rewrites")
    table = models.CharField(max_length=32, editable=False)
    key = models.CharField(max_length=64, editable=False)
    before = models.JSONField(editable=False)
    after = models.JSONField(editable=False)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("row of a change of scopes")
        verbose_name_plural = _("rows of changes of scopes")

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
