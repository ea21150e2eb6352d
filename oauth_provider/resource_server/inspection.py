"""Looking at every view of the project for what it says about scopes (RFC 6750 §3.1), before anybody calls it.

Each kind of guard brings an inspector, which knows its own views. It registers when it is imported, as it is
by the views that it guards, and so before anything is inspected here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Inspection:
    """One view: the ``scopes`` that it names, the ``problems`` with how, and whether any token at all will do.

    ``details_types`` are the types of authorization details that it names (RFC 9396).
    """

    view: str
    scopes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    takes_any_token: bool = False
    details_types: tuple[str, ...] = ()


Inspector = Callable[[Any], Inspection | None]

INSPECTORS: list[Inspector] = []


def inspector(inspect: Inspector) -> Inspector:
    """Register ``inspect``, which is given what a URL leads to and returns None where that is not its own."""
    if inspect not in INSPECTORS:
        INSPECTORS.append(inspect)
    return inspect


def inspections() -> list[Inspection]:
    """What there is to say about the views of the project's URLs, each once."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    views = list(_views(get_resolver().url_patterns))  # All of them first: this is what imports inspectors.
    found = (inspect(view) for view in views for inspect in INSPECTORS)
    return list(dict.fromkeys(one for one in found if one is not None))


def _views(patterns: list[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback
