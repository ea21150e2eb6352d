"""Inspection of the project's views for the scopes that they declare (RFC 6750 §3.1), before anybody calls them.

Each kind of guard brings an inspector that knows its own views. It registers when it is imported, and the views that it
guards import it, so it is there before anything is inspected.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Inspection:
    """Findings about one view: the ``scopes`` it names, ``problems`` with them, and whether any token is accepted.

    ``details_types`` are the types of authorization details that it names (RFC 9396). ``open_methods`` are those that
    it answers to callers without a token, and nobody wrote that it should. ``needs_app`` is an app that has to be
    installed for it.
    """

    view: str
    scopes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    takes_any_token: bool = False
    takes_no_token: bool = False
    details_types: tuple[str, ...] = ()
    open_methods: tuple[str, ...] = ()
    needs_app: str = ""


Inspector = Callable[[Any], Inspection | None]

INSPECTORS: list[Inspector] = []


def inspector(inspect: Inspector) -> Inspector:
    """Register ``inspect``: a function of a URL's view that returns None for views of other kinds.

    Usable as a decorator.
    """
    if inspect not in INSPECTORS:
        INSPECTORS.append(inspect)
    return inspect


def inspections() -> list[Inspection]:
    """Return the findings about the views of the project's URLs, each view once."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    views = list(views_of(get_resolver().url_patterns))  # All of them first: this is what imports inspectors.
    found = (inspect(view) for view in views for inspect in INSPECTORS)
    return list(dict.fromkeys(one for one in found if one is not None))


def views_of(patterns: list[Any]) -> Iterator[Any]:
    """Yield the view of each URL pattern, those of included ones too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views_of(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback
