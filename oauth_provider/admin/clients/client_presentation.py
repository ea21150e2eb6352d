"""Presentation of a client to people, in its form (RFC 7591 §2, RFC 9700 §4.7), and what operators vouch for."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from oauth_provider.clients.logo import INSTALL, MAX_BYTES, Logo, LogoRefused, make_logo, pillow
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientLogo, ClientPolicy

# The columns of the policy that this part of the form has, under their own names.
SHOWN = ("accent_color", "accent_color_dark", "client_uri", "policy_uri", "tos_uri")
VOUCHED = ("publisher", "verified_host")
PRESENTATION = (*SHOWN, *VOUCHED)
LTR = {"dir": "ltr", "spellcheck": "false"}


class KeptLogo:
    """The logo that there is, as a widget for files shows what was uploaded before."""

    def __init__(self, digest: str) -> None:
        self.url = reverse("oauth_provider:logo", args=[digest])

    def __str__(self) -> str:
        return str(gettext_lazy("our copy"))


class LogoField(forms.FileField):
    """An image that becomes a small one of our own."""

    widget = AdminFileWidget(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return a ``Logo`` for a new one, False for none any more, and ``initial`` where nothing was sent."""
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            return sent
        try:
            # Its name is checked as well: a browser would say what it was saved as.
            if (sent.name or "").lower().endswith((".svg", ".svgz")):
                return make_logo(b"<svg")
            return make_logo(sent.read(MAX_BYTES + 1))
        except LogoRefused as error:
            raise ValidationError(error.text) from None


def _of_policy(name: str) -> forms.Field:
    column: Any = ClientPolicy._meta.get_field(name)
    field: forms.Field = column.formfield(widget=AdminTextInputWidget(attrs=LTR if name != "publisher" else {}))
    return field


class PresentationForm(forms.Form):
    """Form fields for the columns in ``PRESENTATION``, and the logo."""

    logo = LogoField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy(
            "PNG, JPEG or WebP, square, up to 512 kB. It is stored anew, small, and served from here."
        ),
    )
    accent_color = _of_policy("accent_color")
    accent_color_dark = _of_policy("accent_color_dark")
    client_uri = _of_policy("client_uri")
    policy_uri = _of_policy("policy_uri")
    tos_uri = _of_policy("tos_uri")
    publisher = _of_policy("publisher")
    verified_host = _of_policy("verified_host")

    def show_logo(self, policy: ClientPolicy) -> None:
        """Begin with the logo that there is; say what is missing to take another."""
        self.initial["logo"] = KeptLogo(policy.logo) if policy.logo else None
        if pillow() is None and "logo" in self.fields:
            told = gettext_lazy("To take logos, this server needs Pillow: %(install)s.")
            self.fields["logo"].help_text = told % {"install": INSTALL}

    def logo_digest(self, policy: ClientPolicy) -> str:
        """Return the digest of the logo that was chosen, or of the one before."""
        sent = self.cleaned_data.get("logo")
        if sent is False:
            return ""
        return sent.digest if isinstance(sent, Logo) else policy.logo

    def save_logo(self, application: Row) -> None:
        """Keep a new logo, or take the one before away."""
        sent = self.cleaned_data.get("logo")
        if isinstance(sent, Logo):
            ClientLogo.objects.keep(application, sent.digest, sent.image)
        elif sent is False:
            ClientLogo.objects.filter(application=application).delete()


def _display(name: str) -> Any:
    column: Any = ClientPolicy._meta.get_field(name)

    @admin.display(description=column.verbose_name)
    def show(self: Any, application: Row) -> Any:
        return getattr(ClientPolicy.of(application), name) or "-"

    return show


class PresentationColumns:
    """Read-only columns for persons who may only view."""

    @admin.display(description=gettext_lazy("logo"))
    def logo(self, application: Row) -> str:
        """Return a link to our copy."""
        digest = ClientPolicy.of(application).logo
        return format_html('<a href="{}">{}</a>', KeptLogo(digest).url, KeptLogo(digest)) if digest else "-"


for _name in PRESENTATION:
    setattr(PresentationColumns, _name, _display(_name))
