"""Scopes (RFC 6749 §3.3) that operators added, or gave words and a risk of their own."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.validation import check_shown_name
from oauth_provider.protocol.scope import is_scope_token

MAX_LENGTH = 255


def check_scope_token(value: str) -> None:
    """Raise ``ValidationError`` for what is no scope token (RFC 6749 Appendix A.4)."""
    if not is_scope_token(value):
        raise ValidationError(
            _("This must be printable ASCII without spaces, quotes or backslashes, such as “notes:read”.")
        )


class Scope(models.Model):
    """A scope of the database. Those in the setting ``SCOPES`` stand beside these, which win."""

    class Risk(models.TextChoices):
        """Consequences of a scope. Those that are marked are told on the consent page."""

        READS = "reads", _("reads")
        CHANGES = "changes", _("can change things")
        DELETES = "deletes", _("can delete things")
        COSTS = "costs", _("can cost money")

    name = models.CharField(
        _("scope"),
        max_length=MAX_LENGTH,
        validators=[check_scope_token],
        help_text=_("As it stands in requests and tokens. It cannot be changed later."),
    )
    words = models.CharField(
        _("words"),
        max_length=200,
        validators=[check_shown_name],
        help_text=_("What people read when asked for consent. Whoever agreed to other words is asked again."),
    )
    risk = models.CharField(
        _("risk"),
        max_length=16,
        blank=True,
        choices=Risk.choices,
        help_text=_("Shown on the consent page, but for reading. Whoever agreed before it was marked is asked again."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        # Not ``unique=True``: PostgreSQL would get a second index, for the beginnings of names.
        constraints = (models.UniqueConstraint(fields=["name"], name="oauth_provider_one_scope"),)

    def __str__(self) -> str:
        return self.name
