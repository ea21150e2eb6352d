"""Way home: where a page leads if it knows no application to lead back to (RFC 6749 §4.1.2.1 shows such pages).

It is made of settings and URLs alone, so that the page for a database that does not answer has it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACCOUNT = _("Go to your account")
START = _("Go to the start page")
APPS = _("Connected apps")


@dataclass(frozen=True, slots=True)
class Way:
    """A page of the project's, and what the link to it says."""

    url: str
    words: str | Promise


def way_home() -> Way | None:
    """Return the page where people are after a login, or else the first of the project's others that there is."""
    return next((way for way in _ways() if _leads_somewhere(way.url)), None)


def _ways() -> Iterator[Way]:
    account = _reversed("profile")
    landing = _resolved(str(settings.LOGIN_REDIRECT_URL))
    yield Way(landing, ACCOUNT if landing == account else START)
    yield Way(account, ACCOUNT)
    yield Way(get_script_prefix(), START)
    yield Way(_reversed("oauth_provider:connected_apps"), APPS)


def _reversed(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _resolved(to: str) -> str:
    try:
        return resolve_url(to)
    except NoReverseMatch:
        return ""


def _leads_somewhere(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("", "http", "https")  # of another site, as the project's settings say
    if not parts.path.startswith(get_script_prefix()):
        return False
    try:
        resolve("/" + parts.path.removeprefix(get_script_prefix()))
    except Resolver404:
        return False
    return True
