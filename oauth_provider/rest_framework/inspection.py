"""Inspection of DRF views for their scopes (RFC 6750 §3.1), without calling them, for the checks and the metadata.

It imports none of our classes, which import it, so that every view with one of them is inspected. It asks permissions
only for the properties of ``NeedsToken``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import permissions as drf

from oauth_provider.resource_server.inspection import Inspection, inspector
from oauth_provider.rest_framework.declaration import declared_requirement, guard_of, parse_requirement, served_methods
from oauth_provider.rest_framework.needs import NeedsToken, leaves

# What a viewset may have, whether or not this one does: a dictionary may be shared by several.
ACTIONS = {"list", "create", "retrieve", "update", "partial_update", "destroy", "metadata"}


@inspector
def inspect(callback: Any) -> Inspection | None:
    """Return the findings about a view made by ``as_view()`` or ``@api_view``, or None for any other callable."""
    # It imports the project's default classes, and those may well import this module.
    from rest_framework.views import APIView

    cls = getattr(callback, "cls", None)
    if not (isinstance(cls, type) and issubclass(cls, APIView)):
        return None
    view: Any = cls(**getattr(callback, "initkwargs", {}))
    view.action_map = getattr(callback, "actions", None)
    is_computed = cls.get_permissions is not APIView.get_permissions
    permissions = [] if is_computed else list(leaves(view.get_permissions()))
    guards = [guard_of(view, method) for method in served_methods(view)]
    ours = [one for one in (*permissions, *guards) if isinstance(one, NeedsToken)]
    reads_declaration = any(one.reads_declaration for one in ours)
    names = [scope for one in ours for scope in one.named_scopes]
    return Inspection(
        view=f"{cls.__module__}.{cls.__name__}",
        scopes=tuple(dict.fromkeys([*names, *(_declared_scopes(view) if reads_declaration else ())])),
        problems=tuple(dict.fromkeys(_problems(view))) if reads_declaration else (),
        details_types=tuple(dict.fromkeys(name for one in ours for name in one.named_details_types)),
        takes_any_token=not is_computed and None in guards and _takes_any_token(view, permissions),
    )


def _problems(view: Any) -> Iterator[str]:
    scopes = getattr(view, "scopes", None)
    if isinstance(scopes, Mapping):
        yield from (f"names {key!r}, which is none of its {kind}." for key, kind in _misspelt(view, scopes))
    for method in served_methods(view):
        try:
            requirement = declared_requirement(view, method)
        except (TypeError, ValueError) as problem:
            yield f"declares scopes that cannot be used: {problem}"
            continue
        if requirement is None and not hasattr(view, "get_required_scopes"):
            yield f"declares no scopes for {(view.action_map or {}).get(method.lower(), method)}."


def _misspelt(view: Any, scopes: Mapping[Any, Any]) -> Iterator[tuple[Any, str]]:
    methods = {name.upper() for name in view.http_method_names}
    for key in scopes:
        if view.action_map is None and key not in methods:
            yield key, "HTTP methods (in capitals)"
        elif key not in methods | ACTIONS and not callable(getattr(view, str(key), None)):
            yield key, "actions or HTTP methods (in capitals)"


def _declared_scopes(view: Any) -> Iterator[str]:
    scopes = getattr(view, "scopes", None)
    for declaration in scopes.values() if isinstance(scopes, Mapping) else [scopes]:
        try:
            requirement = parse_requirement(declaration)
        except (TypeError, ValueError):
            continue  # a problem, and told as one
        yield from requirement.scopes if requirement else ()


def _takes_any_token(view: Any, permissions: list[Any]) -> bool:
    """Does an access token of any scope pass here? A project's own permission may check scopes, so it counts as no."""
    if not any(getattr(one, "takes_access_tokens", False) for one in view.get_authenticators()):
        return False
    if any(isinstance(one, NeedsToken) or type(one).__module__ != drf.__name__ for one in permissions):
        return False
    return any(not isinstance(one, drf.AllowAny) for one in permissions)
