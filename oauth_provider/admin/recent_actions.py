"""*Recent actions* on the admin's index: rows that our classes manage are called there as on their pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from oauth_provider.admin.lists.bounded import BoundedAdmin


def name_recent_actions(site: AdminSite) -> None:
    """Have ``site`` name what was done by the names of our classes. ``get_log_entries`` is Django's place for that."""
    logged: Any = site.get_log_entries
    if getattr(logged, "names_recent_actions", False):
        return

    @wraps(logged)
    def get_log_entries(request: HttpRequest) -> Any:
        return ShownEntries(logged(request), site)

    get_log_entries.names_recent_actions = True  # type: ignore[attr-defined]  # so that it is put there once
    site.get_log_entries = get_log_entries  # type: ignore[method-assign]  # of a site of whatever class


@dataclass(frozen=True, slots=True)
class ShownEntries:
    """A queryset of log entries, as far as the template of the index asks it: filtered, cut, and gone through."""

    entries: Any
    site: AdminSite

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entries, name)

    def filter(self, *args: Any, **kwargs: Any) -> "ShownEntries":
        """Return the entries that the conditions are true of."""
        return ShownEntries(self.entries.filter(*args, **kwargs), self.site)

    def __getitem__(self, place: Any) -> Any:
        found = self.entries[place]
        return ShownEntries(found, self.site) if isinstance(place, slice) else self._shown(found)

    def __iter__(self) -> Iterator[Any]:
        return map(self._shown, self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def _shown(self, entry: Any) -> Any:
        """Return ``entry``, with the name of its rows where one of our classes has one for them."""
        model = entry.content_type.model_class() if entry.content_type is not None else None
        if model is None or not self.site.is_registered(model):
            return entry
        model_admin = self.site.get_model_admin(model)
        if not isinstance(model_admin, BoundedAdmin) or model_admin.names is None:
            return entry
        return Shown(entry, content_type=Shown(entry.content_type, name=str(model_admin.opts.verbose_name)))


class Shown:
    """Anything, but for some of its attributes."""

    def __init__(self, shown: Any, **others: Any) -> None:
        self.__dict__.update(others, _shown=shown)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shown, name)

    def __str__(self) -> str:
        return str(self._shown)
