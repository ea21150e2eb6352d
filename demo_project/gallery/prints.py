"""Orders of prints as authorization details (RFC 9396): one photo that the person picks, and nothing else."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from demo_project import addresses
from demo_project.gallery.models import Photo
from oauth_provider.protocol.authorization_details import AuthorizationDetailsType, Detail


class PickPhoto(forms.Form):
    """One of the person's own photos."""

    identifier = forms.ChoiceField(label=_("Which photo?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: Any, detail: Detail, **options: Any) -> None:
        super().__init__(*args, **options)
        photos = Photo.objects.filter(owner=user)
        self.fields["identifier"].choices = [(one.name, one.title) for one in photos]  # type: ignore[attr-defined]  # it has choices


class PhotoPrint(AuthorizationDetailsType):
    """So many prints of one photo, of that size. The app may say which, or leave it to the person."""

    name = _("Order a print")
    schema: Mapping[str, Any] = {
        "properties": {
            "identifier": {"type": "string", "pattern": "^[a-z]{1,40}$"},
            "copies": {"type": "integer", "minimum": 1, "maximum": 20},
            "size": {"enum": ["10x15", "20x30"]},
            "locations": {"type": "array", "items": {"const": addresses.PHOTOS_RESOURCE}, "minItems": 1},
        },
        "required": ["copies", "size"],
    }
    template = "demo/photo_print.html"
    form: Any = PickPhoto
    chosen = ("identifier",)

    def is_still_theirs(self, user: Any, detail: Detail) -> bool:
        """Has the person the photo still?"""
        return Photo.objects.filter(owner=user, name=detail["identifier"]).exists()

    def context(self, detail: Detail, user: Any) -> Mapping[str, Any]:
        """Return the title of the photo that the app names, if it is theirs."""
        named = Photo.objects.filter(owner=user, name=detail.get("identifier", "")).first()
        return {"photo": named.title if named else detail.get("identifier", "")}
