"""Titles of rows that belong to a client and a person, as people read them: "Photo Book for ana"."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

_at_hand: ContextVar[Mapping[Any, Any]] = ContextVar("clients_at_hand", default=MappingProxyType({}))


def row_title(application: Any, user: Any) -> str:
    """Return the title of what ``application`` has for ``user``; either may be None."""
    if application is None or user is None:
        return str(application if user is None else user)
    return _("%(client)s for %(user)s") % {"client": application, "user": user}


def title_of(row: Any) -> str:
    """Return the title of a row with the columns ``application`` and ``user``."""
    return row_title(_at_hand.get().get(row.application_id) or row.application, row.user)


@contextmanager
def clients_at_hand(clients: Iterable[Any]) -> Iterator[None]:
    """Take the clients that ``title_of`` names from ``clients``, instead of one statement for each row."""
    token = _at_hand.set({one.pk: one for one in clients})
    try:
        yield
    finally:
        _at_hand.reset(token)
