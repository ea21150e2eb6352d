"""Checks of static files (RFC 9700 §4.16): the stylesheet and scripts of the pages are found, and were collected.

Whoever serves them (nginx, WhiteNoise, a CDN) cannot be seen from here.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage
from django.core.checks import CheckMessage, Tags, Warning
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.checks.issuer import is_test_run
from oauth_provider.checks.registration import register
from oauth_provider.checks.urls import is_mounted

APP = "django.contrib.staticfiles"
FINDER = "django.contrib.staticfiles.finders.AppDirectoriesFinder"
# Without the first the pages are bare, without the others what they post and where they log out does not go on.
FILES = ("oauth_provider/oauth.css", "oauth_provider/form_post.js", "oauth_provider/logout.js")
WITHOUT = "pages are unstyled, and answers by form_post and logouts wait for a click"


@register(Tags.staticfiles)
def check_static_files_are_found(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W119: ``runserver`` and ``collectstatic`` do not find our static files."""
    if not is_mounted("oauth_provider:authorize"):
        return []
    remedy = _remedy()
    if not remedy:
        return []
    return [
        Warning(
            f"The static files of oauth_provider are not found: {WITHOUT}.",
            hint=remedy,
            id="oauth_provider.W119",
        )
    ]


# Not under Tags.staticfiles: those are what collectstatic looks at, before it has done what is asked for here.
@register(Tags.security)
def check_static_files_are_collected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W120: DEBUG is off, and ``collectstatic`` has nowhere to write, or was not run since the app was updated."""
    if settings.DEBUG or is_test_run() or not apps.is_installed(APP) or not is_mounted("oauth_provider:authorize"):
        return []
    problem = _why_not_collected()
    if not problem:
        return []
    return [
        Warning(
            f"DEBUG is off, so Django serves no static files, and {problem}: {WITHOUT}.",
            hint="Set STATIC_ROOT, run manage.py collectstatic at each deployment, and have your web server or "
            "WhiteNoise serve that directory.",
            id="oauth_provider.W120",
        )
    ]


def _remedy() -> str:
    """Return what to change so that our files are found; "" where they are."""
    if not apps.is_installed(APP):
        return f"Add {APP!r} to INSTALLED_APPS."
    if not settings.STATIC_URL:
        return 'Set STATIC_URL, such as STATIC_URL = "static/".'
    try:
        is_found = all(finders.find(name) for name in FILES)
    except (ImportError, ImproperlyConfigured):
        return ""  # Django's own checks say so
    return "" if is_found else f"Add {FINDER!r} to STATICFILES_FINDERS."


def _why_not_collected() -> str:
    """Return why our files cannot have been collected; "" where they were, or where only the network could tell."""
    if getattr(settings, "WHITENOISE_USE_FINDERS", False):
        return ""
    try:
        storage: Any = staticfiles_storage
        if not isinstance(storage, StaticFilesStorage):
            return ""  # it may be a bucket
        if not storage.location:
            return "STATIC_ROOT is not set"
        # A storage with hashes in its names knows them from its manifest.
        missing = [name for name in FILES if not storage.exists(getattr(storage, "stored_name", str)(name))]
    except (ImproperlyConfigured, ImportError, OSError, ValueError) as error:
        return str(error).rstrip(".")
    return f"{missing[0]} is not in STATIC_ROOT" if missing else ""
