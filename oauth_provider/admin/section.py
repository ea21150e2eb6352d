"""One section of the admin's index for all that our classes manage, though its rows live in the tables of two apps.

Whatever a project registered by a class of its own stays where Django puts it, and so does what a site of its own has
put elsewhere. Addresses and permissions are those of the models.
"""

from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.shown_options import APP

Section = dict[str, Any]


def join_section(site: AdminSite, order: tuple[type[Any], ...]) -> None:
    """Have ``site`` list what our classes manage in one section, in the ``order`` of these classes."""
    listing: Any = site.get_app_list
    if getattr(listing, "joins_section", False):
        return

    @wraps(listing)
    def get_app_list(request: HttpRequest, app_label: str | None = None) -> list[Section]:
        found = _joined(site, listing(request), order)
        return found if app_label is None else [one for one in found if app_label in _labels(one)]

    get_app_list.joins_section = True  # type: ignore[attr-defined]  # so that it is put there once
    site.get_app_list = get_app_list  # type: ignore[method-assign]  # of a site of whatever class


def _joined(site: AdminSite, listed: list[Section], order: tuple[type[Any], ...]) -> list[Section]:
    """Return ``listed`` with our entries in one section, where our app's was, or else the first that had some."""
    left: list[Section] = []
    ours: list[dict[str, Any]] = []
    places: list[tuple[bool, int]] = []
    for section in listed:
        models = section.get("models", ())
        taken = [entry for entry in models if _is_ours(site, section, entry)]
        if taken:
            places.append((section.get("app_label") != APP, len(left)))
            ours += taken
        if not taken or len(taken) < len(models):
            left.append({**section, "models": [entry for entry in models if entry not in taken]})
    if ours:
        left.insert(min(places)[1], _section(site, ours, order))
    return left


def _is_ours(site: AdminSite, section: Section, entry: dict[str, Any]) -> bool:
    """Is it listed by a class of ours, and where Django puts it?"""
    model = entry.get("model")
    if model is None or not site.is_registered(model) or section.get("app_label") != model._meta.app_label:
        return False
    return isinstance(site.get_model_admin(model), BoundedAdmin)


def _section(site: AdminSite, entries: list[dict[str, Any]], order: tuple[type[Any], ...]) -> Section:
    def place(entry: dict[str, Any]) -> int:
        model_admin = site.get_model_admin(entry["model"])
        return next((at for at, cls in enumerate(order) if isinstance(model_admin, cls)), len(order))

    def named(entry: dict[str, Any]) -> dict[str, Any]:
        names = site.get_model_admin(entry["model"]).opts
        return {**entry, "name": capfirst(names.verbose_name_plural)}

    labels = [entry["model"]._meta.app_label for entry in entries]
    # A person who may see nothing but DOT's rows, or a site that has nothing else, still has an address to go to.
    label = APP if APP in labels else labels[0]
    return {
        "name": apps.get_app_config(APP).verbose_name,
        "app_label": label,
        "app_url": reverse("admin:app_list", kwargs={"app_label": label}, current_app=site.name),
        "has_module_perms": True,
        "models": [named(entry) for entry in sorted(entries, key=place)],
    }


def _labels(section: Section) -> set[str]:
    """Return the labels of the apps whose pages show this section."""
    return {section.get("app_label", ""), *(entry["model"]._meta.app_label for entry in section["models"])}
