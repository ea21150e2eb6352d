"""Rows that one ``delete()`` takes together: Django tells of each alone, and they are dealt with by one statement."""

from typing import Any

from django.db.models import Model, QuerySet

MARK = "_oauth_provider_dealt_with"


def deleted_together(origin: Any, instance: Model, *, using: str) -> set[Any]:
    """Return the keys of all rows of ``instance``'s model that the same call deletes; none, if an earlier row had them.

    ``origin`` is what ``pre_delete`` says of it: the queryset or the row that ``delete()`` was called on. A row that is
    not found this way is returned alone.
    """
    dealt_with: dict[type[Model], set[Any]] = vars(origin).setdefault(MARK, {}) if origin is not None else {}
    known = dealt_with.setdefault(type(instance), set())
    if instance.pk in known:
        known.discard(instance.pk)  # the same queryset may delete other rows later, and a key may come again
        return set()
    found = _siblings(origin, type(instance), using) | {instance.pk}
    known |= found - {instance.pk}
    return found


def _siblings(origin: Any, model: type[Model], using: str) -> set[Any]:
    is_queryset = isinstance(origin, QuerySet)
    if not is_queryset and (not isinstance(origin, Model) or isinstance(origin, model)):
        return set()
    rows = model._base_manager.using(using)
    deleted = origin.using(using).order_by().values("pk") if is_queryset else [origin.pk]
    kind = origin.model if is_queryset else type(origin)
    if issubclass(kind, model):
        return set(rows.filter(pk__in=deleted).values_list("pk", flat=True))
    links = [field.name for field in model._meta.concrete_fields if field.many_to_one and _leads_to(field, kind)]
    return {key for name in links for key in rows.filter(**{f"{name}__in": deleted}).values_list("pk", flat=True)}


def _leads_to(field: Any, kind: type[Model]) -> bool:
    return issubclass(kind, field.related_model)
