"""Forms of an app: each asks in the words of its kind, and says beside the field what the rules find (RFC 7591 §2)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from oauth_provider.clients.logo import MAX_BYTES, Logo, LogoRefused, make_logo
from oauth_provider.clients.registration.kinds import Kind, Redirects
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.proposal import Fault
from oauth_provider.protocol.redirect_uri import MAX_LENGTH
from oauth_provider.protocol.registration import MAX_URIS

CODE = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
FIELDS = {"client_name": "name", "scope": "scopes", "requested_scope": "scopes"}
LINES = ("redirect_uris", "post_logout_redirect_uris", "allowed_origins")
LINKS = ("client_uri", "policy_uri", "tos_uri", "backchannel_logout_uri")
COLOURS = ("accent_color", "accent_color_dark")
REDIRECTS = {
    Redirects.WEB: _("Where people come back to after they said yes, in full, one to a line. It must be https, or "
                     "http on your own machine. What you send must be equal to one of them."),
    Redirects.APP: _("Where people come back to after they said yes, one to a line: http://127.0.0.1/callback takes "
                     "any port; a scheme of the app's own is a domain name reversed, as in com.example.app:/callback."),
}  # fmt: skip


class Lines(forms.CharField):
    """Several values, each on a line."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, **CODE})
        super().__init__(widget=widget, required=False, max_length=MAX_URIS * (MAX_LENGTH + 2), **options)

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the lines that are not empty, each once."""
        lines = (line.strip() for line in super().clean(value).splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))


def _text(label: Any, help_text: Any) -> forms.CharField:
    """Return a field for an address or a colour."""
    widget = forms.TextInput(attrs=CODE)
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=1024, widget=widget)


class LogoField(forms.FileField):
    """An image that becomes a small one of our own."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return a ``Logo`` for a new one, None where nothing was sent."""
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            return None
        try:
            is_svg = (sent.name or "").lower().endswith((".svg", ".svgz"))
            return make_logo(b"<svg" if is_svg else sent.read(MAX_BYTES + 1))
        except LogoRefused as error:
            raise ValidationError(error.text) from None


class AppForm(forms.Form):
    """Part that both forms share: a name, and faults beside their fields."""

    name = forms.CharField(
        label=_("Name"), max_length=255, help_text=_("People read it when they are asked for consent.")
    )
    redirect_uris = Lines(label=_("Redirect URIs"))
    client_uri = forms.CharField(
        label=_("Home page"),
        required=False,
        max_length=1024,
        widget=forms.URLInput(attrs=CODE),
        help_text=_("Linked on the consent page, with its host beside it (https)."),
    )

    def fit(self, kind: Kind | None) -> None:
        """Have the fields alone that a client of ``kind`` has something to put into."""
        redirects = Redirects.WEB if kind is None else kind.redirects
        if redirects is Redirects.NOWHERE:
            del self.fields["redirect_uris"]
            return
        self.fields["redirect_uris"].help_text = REDIRECTS[redirects]

    def put(self, faults: Iterable[Fault]) -> None:
        """Put what the rules find beside the fields."""
        for fault in faults:
            place = FIELDS.get(fault.member, fault.member)
            self.add_error(place if place in self.fields else None, fault.text)

    def given(self) -> dict[str, Any]:
        """Return the members that the form says, by their names in the metadata."""
        cleaned = self.cleaned_data
        said = {name: cleaned[name] for name in (*LINES, *LINKS, *COLOURS) if name in cleaned}
        return {"client_name": cleaned["name"], **said}


class NewAppForm(AppForm):
    """A form with what a first app needs. The server makes identifier and secret."""

    scopes = forms.MultipleChoiceField(label=_("Scopes"), required=False)
    draft = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)

    def __init__(self, *args: Any, kind: Kind, scopes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fit(kind)
        if kind.usual_redirect_uri:
            self.fields["redirect_uris"].widget.attrs["placeholder"] = kind.usual_redirect_uri
        if not kind.grant_types:
            del self.fields["scopes"]
        else:
            self.fields["scopes"].choices = list(scopes.items())  # type: ignore[attr-defined]  # it has choices

    def metadata(self) -> Metadata:
        """Return what is to be registered."""
        return Metadata.of_kind(self.kind, **self.given(), scope=tuple(self.cleaned_data.get("scopes") or ()))


class ChangeAppForm(AppForm):
    """A form with all that its developers change about an app; scopes and secrets have pages of their own."""

    post_logout_redirect_uris = Lines(
        label=_("Post-logout redirect URIs"),
        help_text=_("Where a logout that the client began may lead to. One to a line, in full."),
    )
    allowed_origins = Lines(
        label=_("Allowed origins"),
        help_text=_("Pages whose scripts may call the token endpoint (CORS). One to a line."),
    )
    logo = LogoField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, square, up to 512 kB. It is stored anew, small, and served from here."),
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    policy_uri = _text(_("Privacy policy"), _("How it uses what it learns about people (https)."))
    tos_uri = _text(_("Terms of service"), _("What people agree to when they use it (https)."))
    accent_color = _text(
        _("Accent colour"),
        _("Buttons and links of its consent page, as in #1a56db. They must be readable on white."),
    )
    accent_color_dark = _text(
        _("Accent colour in the dark"),
        _("The same where the device is set to dark. Left empty, it is the nearest that can be read there."),
    )
    backchannel_logout_uri = forms.CharField(
        label=_("Back-channel logout URI"),
        required=False,
        max_length=2048,
        widget=forms.URLInput(attrs=CODE),
        help_text=_("Where logout tokens are sent when a session ends."),
    )

    def __init__(self, *args: Any, before: Metadata, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before, kind = before, before.guess_kind()
        self.fit(kind)
        signs_people_in = kind is None or kind.redirects is not Redirects.NOWHERE
        absent = [] if before.logo else ["remove_logo"]
        absent += [] if signs_people_in else ["post_logout_redirect_uris", *COLOURS]
        absent += [] if signs_people_in and not before.is_public else ["backchannel_logout_uri"]
        absent += [] if before.is_public and signs_people_in else ["allowed_origins"]
        for name in absent:
            del self.fields[name]
        self.initial["name"] = before.client_name
        for name in self.fields:
            if hasattr(before, name):
                value = getattr(before, name)
                self.initial[name] = "\n".join(value) if isinstance(value, tuple) else value

    def metadata(self) -> Metadata:
        """Return what is to be registered then."""
        sent = self.cleaned_data.get("logo")
        removed = "" if self.cleaned_data.get("remove_logo") else self.before.logo
        return replace(self.before, **self.given(), logo=sent.digest if isinstance(sent, Logo) else removed)
