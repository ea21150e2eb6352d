"""Cells of lists: what is long is shortened, and can be copied; the page of the row has all of it."""

from collections.abc import Sequence
from typing import Any

from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.translation import gettext as _

NAME_LENGTH = 60
# Scopes that are named in a list. Of more, the number is given.
MAX_SCOPES = 2
SHOWN_HEAD, SHOWN_TAIL = 8, 4


def name_of(row: Any) -> str:
    """Return the name of a client or user, shortened; a dash for none."""
    return truncatechars(str(row), NAME_LENGTH) if row is not None else "-"


def scope_of(names: Sequence[str]) -> str:
    """Return the first scopes, and how many more there are."""
    shown, more = " ".join(truncatechars(name, NAME_LENGTH) for name in names[:MAX_SCOPES]), len(names) - MAX_SCOPES
    return _("%(scopes)s and %(more)d more") % {"scopes": shown, "more": more} if more > 0 else shown


def with_detail(text: str, detail: str) -> str:
    """Return a cell with a smaller second line."""
    return format_html('{}<div class="quiet oa-detail" dir="ltr">{}</div>', text, detail) if detail else text


def copied(identifier: str) -> str:
    """Return an identifier, shortened, with a button that copies all of it where scripts run."""
    is_long = len(identifier) > SHOWN_HEAD + SHOWN_TAIL + 4
    shown = f"{identifier[:SHOWN_HEAD]}…{identifier[-SHOWN_TAIL:]}" if is_long else identifier
    return format_html(
        '<span class="oa-id"><code dir="ltr" title="{}">{}</code><button type="button" class="oa-copy-text" '
        'data-text="{}" data-done="{}" aria-label="{}" hidden>{}</button></span>',
        identifier, shown, identifier, _("Copied"), _("Copy %(what)s") % {"what": identifier}, _("Copy"),
    )  # fmt: skip
