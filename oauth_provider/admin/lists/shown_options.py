"""Names of models on the pages of the admin: rows of django-oauth-toolkit's tables stand in our section, too.

The models themselves keep the names that they have: those are written into migrations and permissions.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

APP = "oauth_provider"


@dataclass(frozen=True, slots=True)
class Names:
    """One and several rows of a model that DOT calls ``dots``. A project's own name for its model stays."""

    dots: str
    one: Promise
    several: Promise


class ShownOptions:
    """The ``_meta`` of a model, but for the names that a page shows: of its rows, and of the section it stands in."""

    def __init__(self, options: Any, names: Names) -> None:
        self._options = options
        is_dots = str(options.verbose_name) == names.dots
        self.verbose_name = names.one if is_dots else options.verbose_name
        self.verbose_name_plural = names.several if is_dots else options.verbose_name_plural

    def __getattr__(self, name: str) -> Any:
        return getattr(self._options, name)

    @property
    def app_config(self) -> Any:
        """Return the app that the section is called after."""
        return apps.get_app_config(APP)
