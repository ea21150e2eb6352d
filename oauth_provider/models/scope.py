"""Scopes (RFC 6749 §3.3) that operators added, or gave words and a risk of their own."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.models import resource
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.validation import check_names, check_shown_name
from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.protocol.scope_entry import CALLABLE, ICONS, rule_of

MAX_LENGTH = 255


def check_rule(value: str) -> None:
    """Raise ``ValidationError`` for what says not who may grant a scope. A row never names code that is to be run."""
    try:
        kind, _name = rule_of(value)
    except ValueError:
        kind = CALLABLE
    if kind == CALLABLE:
        raise ValidationError(_("This must be “permission:app.codename” or “group:Name”, such as “group:Editors”."))


def icon_choices() -> list[tuple[str, str]]:
    """Return the names of the symbols that our pages can draw."""
    return [(name, name) for name in ICONS]


def check_scope_token(value: str) -> None:
    """Raise ``ValidationError`` for what is no scope token (RFC 6749 Appendix A.4)."""
    if not is_scope_token(value):
        raise ValidationError(
            _("This must be printable ASCII without spaces, quotes or backslashes, such as “notes:read”.")
        )


class Scope(models.Model):
    """A scope of the database. Those in the setting ``SCOPES`` stand beside these, which win.

    Where the settings have it too, what is left empty here is as they say.
    """

    class Risk(models.TextChoices):
        """Consequences of a scope. Those that are marked are told on the consent page."""

        READS = "reads", _("reads")
        CHANGES = "changes", _("can change things")
        DELETES = "deletes", _("can delete things")
        COSTS = "costs", _("can cost money")
        EVERYTHING = "everything", _("can do everything that you can")

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
    description = models.CharField(
        _("description"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[check_shown_name],
        help_text=_("What else people should know before they allow it. Whoever agreed to another one is asked again."),
    )
    api = models.CharField(
        _("API"),
        max_length=resource.MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("The identifier of the API beside whose other scopes it is shown."),
    )
    group = models.CharField(
        _("group"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        validators=[check_shown_name],
        help_text=_("The heading below which it is shown, such as “Notes”."),
    )
    icon = models.CharField(
        _("icon"),
        max_length=32,
        blank=True,
        default="",
        db_default="",
        choices=icon_choices,
        help_text=_("The symbol that stands beside it."),
    )
    is_optional = models.BooleanField(
        _("can be left out"),
        null=True,
        blank=True,
        help_text=_("Can people refuse it, and allow the rest? Unknown: as the settings say, or else no."),
    )
    implies = models.JSONField(
        _("implies"),
        null=True,
        blank=True,
        default=None,
        validators=[check_names],
        help_text=_("The scopes that come with it: who may write may read."),
    )
    read_twin = models.CharField(
        _("read-only twin"),
        max_length=MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("The scope that allows to read what this one allows to change. People may choose it instead."),
    )
    grantable_by = models.CharField(
        _("who may grant it"),
        max_length=MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_rule],
        help_text=_(
            "“permission:app.codename” or “group:Name”; empty: everybody. Whoever may not any more loses it when "
            "the token is refreshed."
        ),
    )
    refusal = models.CharField(
        _("words for who may not"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[check_shown_name],
        help_text=_("What is shown in its place to people who may not grant it. Empty: it is not shown to them."),
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
