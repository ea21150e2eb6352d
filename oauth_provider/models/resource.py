"""Resources (RFC 8707 §2): the APIs that operators registered."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.client import check_names
from oauth_provider.models.client_metadata import ACCESS_TOKEN_FORMATS
from oauth_provider.models.lifetimes import Lifetimes
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol.resource_indicator import is_resource

MAX_LENGTH = 500


def check_identifier(value: str) -> None:
    """Raise ``ValidationError`` for what is no absolute URI without a fragment."""
    if not is_resource(value):
        raise ValidationError(_("This must be an absolute URI without a fragment."))


class Resource(Lifetimes):
    """An API. Those in the setting ``RESOURCES`` stand beside these, which win."""

    identifier = models.CharField(
        _("identifier"),
        max_length=MAX_LENGTH,
        unique=True,
        validators=[check_identifier],
        help_text=_("The URI that clients ask for it by, and that its tokens name."),
    )
    name = models.CharField(_("name"), max_length=200, help_text=_("What people read when asked for consent."))
    scopes = models.JSONField(
        _("scopes"),
        default=list,
        blank=True,
        validators=[check_names],
        help_text=_("The scopes that are its own: a token for other resources does not hold them."),
    )
    access_token_format = models.CharField(
        _("access token format"),
        max_length=8,
        blank=True,
        choices=ACCESS_TOKEN_FORMATS,
        help_text=_("What access tokens for it are, whichever client asks. None: what the client's policy says."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("API")
        verbose_name_plural = _("APIs")

    def __str__(self) -> str:
        return self.name or self.identifier
