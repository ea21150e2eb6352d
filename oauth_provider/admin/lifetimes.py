"""Lifetimes in the admin: in words, and with the default that is in force where none is set."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from oauth_provider.clients.registration.policy_rules import LIFETIMES
from oauth_provider.conf import provider_settings

UNITS = (
    (86400, ngettext_lazy("%(number)d day", "%(number)d days", "number")),
    (3600, ngettext_lazy("%(number)d hour", "%(number)d hours", "number")),
    (60, ngettext_lazy("%(number)d minute", "%(number)d minutes", "number")),
    (1, ngettext_lazy("%(number)d second", "%(number)d seconds", "number")),
)


def in_words(seconds: int) -> str:
    """Return a length of time in the largest unit that it is a whole number of."""
    size, words = next((size, words) for size, words in UNITS if seconds % size == 0)
    return str(words % {"number": seconds // size})


def shown_lifetime(row: Any, name: str) -> str:
    """Return the lifetime ``name`` of a client's policy or of a resource: its own, and what the server sets."""
    own, default = getattr(row, name), default_of(name)
    if own is None:
        return default_in_words(default)
    if default is not None and own > default:
        both = {"own": in_words(own), "default": in_words(default)}
        return _("%(own)s, but never more than the server's %(default)s") % both
    return in_words(own)


def default_in_words(seconds: int | None) -> str:
    """Return what is in force where nothing is set; None is no limit."""
    return _("default: no limit") if seconds is None else _("default: %(time)s") % {"time": in_words(seconds)}


def default_of(name: str) -> int | None:
    """Return what the server sets for the lifetime in this column, in seconds."""
    default: int | None = getattr(provider_settings, LIFETIMES[name])
    return default


def explain_defaults(fields: Mapping[str, forms.Field]) -> None:
    """Say beside each lifetime of a form what is in force where it is left empty."""
    for name in LIFETIMES:
        if name in fields:
            field = fields[name]
            field.help_text = f"{field.help_text} {default_in_words(default_of(name)).capitalize()}."
            if (default := default_of(name)) is not None:
                field.widget.attrs["placeholder"] = str(default)
