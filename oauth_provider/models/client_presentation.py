"""Presentation of a client to people (RFC 7591 §2, RFC 9700 §4.7): links, logo, colour, what operators vouch for."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.validation import check_digest, check_shown_name
from oauth_provider.protocol import contrast, host, https_url
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH

# What the accent stands on in the stylesheet of the pages: the card, and what is around it.
LIGHT_BACKGROUNDS = ("#ffffff", "#f3f4f6")
DARK_BACKGROUNDS = ("#182131", "#0b1220")
COLOR_LENGTH = 7


def check_page(value: str) -> None:
    """Raise ``ValidationError`` for what is no page that people can be led to."""
    if not https_url.is_page(value):
        raise ValidationError(_("This must be the address of a page that begins with https://."))


def check_host(value: str) -> None:
    """Raise ``ValidationError`` for what is no host that somebody owns."""
    if value != value.lower() or "." not in value or ":" in value or not host.is_host(value):
        raise ValidationError(_("This must be a host name in lower case, as in photos.example.com."))


def check_accent(value: str) -> None:
    """Raise ``ValidationError`` for a colour that cannot be read on light pages."""
    _check_readable(value, LIGHT_BACKGROUNDS)


def check_dark_accent(value: str) -> None:
    """Raise ``ValidationError`` for a colour that cannot be read on dark pages."""
    _check_readable(value, DARK_BACKGROUNDS)


def _check_readable(value: str, backgrounds: Collection[str]) -> None:
    if not contrast.is_color(value):
        raise ValidationError(_("This must be a colour as in #1a56db."))
    if not contrast.is_readable(value, backgrounds):
        nearest = contrast.nearest_readable(value, backgrounds)
        told = _("This cannot be read there: text needs a contrast of 4.5 to 1. The nearest that can: %(nearest)s.")
        raise ValidationError(told, params={"nearest": nearest})


class ClientPresentation(models.Model):
    """The columns of a policy that say how its client is shown to people."""

    client_uri = models.CharField(
        _("home page"),
        max_length=https_url.MAX_LENGTH,
        blank=True,
        default="",
        db_default="",  # as in all below: for code of before, which adds rows without them
        validators=[check_page],
        help_text=_("Linked on the consent page, with its host beside it (https)."),
    )
    policy_uri = models.CharField(
        _("privacy policy"),
        max_length=https_url.MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_page],
        help_text=_("How it uses what it learns about people (https)."),
    )
    tos_uri = models.CharField(
        _("terms of service"),
        max_length=https_url.MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_page],
        help_text=_("What people agree to when they use it (https)."),
    )
    logo = models.CharField(
        _("logo"),
        max_length=DIGEST_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_digest],
        help_text=_("The digest of our own copy."),
    )
    accent_color = models.CharField(
        _("accent colour"),
        max_length=COLOR_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_accent],
        help_text=_("Buttons and links of its consent page, as in #1a56db. They must be readable on white."),
    )
    accent_color_dark = models.CharField(
        _("accent colour in the dark"),
        max_length=COLOR_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_dark_accent],
        help_text=_("The same where the device is set to dark. Left empty, it is the nearest that can be read there."),
    )
    publisher = models.CharField(
        _("verified publisher"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[check_shown_name],
        help_text=_("Who publishes it, where you have made sure of that. People read it beside “Verified”."),
    )
    verified_host = models.CharField(
        _("verified host"),
        max_length=host.MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[check_host],
        help_text=_("The publisher's own host name, as in photos.example.com. People read it first."),
    )

    class Meta:
        abstract = True

    @property
    def dark_accent(self) -> str:
        """Return the accent colour of dark pages; "" where the client has none of its own."""
        if self.accent_color_dark or not self.accent_color:
            return self.accent_color_dark
        return contrast.nearest_readable(self.accent_color, DARK_BACKGROUNDS)
