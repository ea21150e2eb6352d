"""Titles of rows that belong to a client and a person, as people read them: "Photo Book for ana"."""

from typing import Any

from django.utils.translation import gettext as _


def row_title(application: Any, user: Any) -> str:
    """Return the title of what ``application`` has for ``user``; either may be None."""
    if application is None or user is None:
        return str(application if user is None else user)
    return _("%(client)s for %(user)s") % {"client": application, "user": user}
