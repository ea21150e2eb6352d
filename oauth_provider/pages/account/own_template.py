"""Templates of the project's own: ours in ``registration/`` are found last, wherever the app is in ``INSTALLED_APPS``.

Those render the next one of their name that there is (``templatetags/oauth_account.py``); our views look for it first.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.template import TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates, Template
from django.template.base import Origin
from django.template.engine import Engine

OURS = "oauth_provider"
# Its logged_out.html is a page of the admin's, and leads back there.
ADMIN = "django.contrib.admin"


def own_template(name: str, *, besides: tuple[str, ...] = ()) -> Any:
    """Return the first template called ``name`` that is neither ours nor of the apps ``besides``, or None."""
    passed_over = (OURS, *besides)
    for template_backend in engines.all():
        try:
            if not isinstance(template_backend, DjangoTemplates):
                return template_backend.get_template(name)
            engine = template_backend.engine
            found, _origin = engine.find_template(name, skip=list(origins_in(engine, name, passed_over)))
            return Template(found, template_backend)
        except TemplateDoesNotExist:
            continue
    return None


def origins_in(engine: Engine, name: str, names: tuple[str, ...]) -> Iterator[Origin]:
    """Yield the places at which a template ``name`` would be one of the apps ``names``."""
    folders = [Path(app.path) for app in apps.get_app_configs() if app.name in names]
    for loader in engine.template_loaders:
        for origin in loader.get_template_sources(name):
            if any(Path(origin.name).is_relative_to(folder) for folder in folders):
                yield origin
