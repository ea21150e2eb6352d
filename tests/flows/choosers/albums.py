"""A project whose people pick an album: who has which, in a table that tests change."""

from collections.abc import Mapping
from typing import Any

from django import forms

from oauth_provider.protocol.authorization_details import AuthorizationDetailsType, Detail

# The albums of each person, by username; each with its title, by its key.
albums: dict[str, dict[str, str]] = {}
# Every question whether an album is somebody's: the username and the key.
questions: list[tuple[str, str]] = []


class PickAlbum(forms.Form):
    """One of the person's own albums, and for how many prints at most."""

    album = forms.ChoiceField(label="Which album?", widget=forms.RadioSelect)
    most = forms.IntegerField(label="How many at most?", min_value=1, max_value=50, help_text="Each costs a coin.")

    def __init__(self, *args: Any, user: Any, detail: Detail, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["album"].choices = list(albums.get(user.get_username(), {}).items())  # type: ignore[attr-defined]  # it has choices
        self.fields["most"].initial = detail.get("copies", 1)


class Print(AuthorizationDetailsType):
    """Prints of an album that the person picks."""

    name = "Print an album"
    schema: Mapping[str, Any] = {
        "properties": {
            "album": {"type": "string", "title": "Album"},
            "most": {"type": "integer", "maximum": 20, "title": "At <most>"},
            "size": {"enum": ["small", "large"]},
        },
        "required": ["size"],
    }
    form: Any = PickAlbum
    chosen = ("album", "most")
    remember = True

    def is_still_theirs(self, user: Any, detail: Detail) -> bool:
        """Has the person the album still?"""
        questions.append((user.get_username(), detail["album"]))
        return detail["album"] in albums.get(user.get_username(), {})


class Watched(Print):
    """Asked at every call."""

    check_every_call = True


class Pushy(Print):
    """A form that would give more than was asked for."""

    def choose(self, detail: Detail, values: Mapping[str, Any]) -> Detail:
        """Return it in another size."""
        return {**detail, **values, "size": "large"}
