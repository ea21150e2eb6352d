"""Rows that are deleted with a client, count_deleted but not listed, since a client may have a million tokens."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest

from oauth_provider.admin.lists.read_only import ReadOnlyAdmin

MAX_NAMED = 10
Deleted = tuple[list[str], dict[str, int], set[str], list[str]]


def count_deleted(rows: Iterable[Any], request: HttpRequest, site: AdminSite) -> Deleted:
    """Return names, counts, missing permissions and protected rows, as ``ModelAdmin.get_deleted_objects`` does."""
    objects = list(rows)
    if not objects:
        return [], {}, set(), []
    model = type(objects[0])
    counts = {_names(model, site): len(objects)}
    missing: set[str] = set()
    protected: list[str] = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.on_delete is models.DO_NOTHING:
            continue
        theirs = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": objects})
        if relation.on_delete in (models.PROTECT, models.RESTRICT):
            protected.extend(f"{row._meta.verbose_name}: {row}" for row in theirs[:MAX_NAMED])
        elif relation.on_delete is models.CASCADE and (count := theirs.count()):
            counts[_names(theirs.model, site)] = count
            missing |= _missing(theirs.model, request, site)
    missing |= _missing(model, request, site)
    names = [str(row) for row in objects[:MAX_NAMED]]
    return names + (["…"] if len(objects) > MAX_NAMED else []), counts, missing, protected


def _names(model: type[models.Model], site: AdminSite) -> str:
    """Return how several rows are called on the pages of ``site``."""
    options: Any = site.get_model_admin(model).opts if site.is_registered(model) else model._meta
    return str(options.verbose_name_plural)


def _missing(model: type[models.Model], request: HttpRequest, site: AdminSite) -> set[str]:
    """Return the permission that is missing, if any. Rows that the endpoints wrote need none; a project's own do."""
    if not site.is_registered(model):
        return set()
    model_admin = site.get_model_admin(model)
    if isinstance(model_admin, ReadOnlyAdmin) or model_admin.has_delete_permission(request):
        return set()
    return {str(model._meta.verbose_name)}
