"""Tables that a project adds to by a setting: each entry is named by a dotted path, and has a name of its own."""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

T = TypeVar("T")


def load_table(setting: str, paths: tuple[str, ...], name: str, members: tuple[str, ...]) -> Mapping[str, Any]:
    """Return what ``paths`` name, each a module, an object or a class that is made once, by its attribute ``name``.

    Raises ``ImproperlyConfigured``, which speaks of ``setting``, for a path that leads nowhere, for what lacks one of
    ``members``, and for two of one name.
    """
    table: dict[str, Any] = {}
    for path in paths:
        entry = _load(setting, path)
        own_name = getattr(entry, name, None)
        missing = [member for member in members if not hasattr(entry, member)]
        if not isinstance(own_name, str) or not own_name or missing:
            lacking = missing or [name]
            raise ImproperlyConfigured(f"{setting}: {path!r} lacks {', '.join(lacking)}.")
        if own_name in table:
            raise ImproperlyConfigured(f"{setting}: {path!r} is a second {own_name!r}.")
        table[own_name] = entry
    return MappingProxyType(table)


def remembered(table: Callable[[], Mapping[str, T]]) -> Callable[[], Mapping[str, T]]:
    """Return ``table``, which is asked again only where ``override_settings`` puts another dictionary in place."""
    kept = cache(table)

    def forget(**_facts: Any) -> None:
        kept.cache_clear()

    setting_changed.connect(forget, weak=False)
    return kept


def _load(setting: str, path: str) -> Any:
    try:
        found = pkgutil.resolve_name(path)
        return found() if isinstance(found, type) else found
    except Exception as error:  # code of the project's own may raise anything
        raise ImproperlyConfigured(f"{setting}: {path!r} cannot be loaded: {error}") from error
