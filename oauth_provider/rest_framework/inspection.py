"""Inspection of DRF views for their scopes (RFC 6750 §3.1), without calling them, for the checks and the metadata.

It imports none of our classes, which import it, so that every view with one of them is inspected. It asks permissions
only for the properties of ``NeedsToken``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import permissions as drf
from rest_framework.settings import api_settings

from oauth_provider.resource_server.inspection import Inspection, inspector
from oauth_provider.rest_framework.declaration import declared_requirement, guard_of, parse_requirement, served_methods
from oauth_provider.rest_framework.denial import takes_bearer_tokens
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
    authenticators = view.get_authenticators() if cls.get_authenticators is APIView.get_authenticators else None
    takes_tokens = any(getattr(one, "takes_access_tokens", False) for one in authenticators or ())
    reads_declaration = any(one.reads_declaration for one in ours)
    names = [scope for one in ours for scope in one.named_scopes]
    return Inspection(
        view=f"{cls.__module__}.{cls.__name__}",
        scopes=tuple(dict.fromkeys([*names, *(_declared_scopes(view) if reads_declaration else ())])),
        problems=tuple(dict.fromkeys(_problems(view))) if reads_declaration else (),
        details_types=tuple(dict.fromkeys(name for one in ours for name in one.named_details_types)),
        takes_any_token=not is_computed and None in guards and takes_tokens and _takes_any_token(permissions),
        takes_no_token=bool(ours) and authenticators is not None and not any(map(takes_bearer_tokens, authenticators)),
        open_methods=tuple(_open_methods(view)) if takes_tokens and _is_open_by_default(view) else (),
        needs_app="rest_framework" if (ours or takes_tokens) and _is_browsable(view) else "",
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


def _takes_any_token(permissions: list[Any]) -> bool:
    """Does an access token of any scope pass here? A project's own permission may check scopes, so it counts as no."""
    if any(isinstance(one, NeedsToken) or type(one).__module__ != drf.__name__ for one in permissions):
        return False
    return any(not isinstance(one, drf.AllowAny) for one in permissions)


def _is_open_by_default(view: Any) -> bool:
    """May anybody call it, because neither the view nor the project named permissions? ``[AllowAny]`` names them."""
    from rest_framework.views import APIView

    cls = type(view)
    computed = ("get_permissions", "check_permissions")
    if any(getattr(cls, name) is not getattr(APIView, name) for name in computed):
        return False
    if cls.__module__.startswith("rest_framework."):  # such as the root of a router
        return False
    is_default = view.permission_classes is APIView.permission_classes
    return is_default and "DEFAULT_PERMISSION_CLASSES" not in api_settings.user_settings


def _open_methods(view: Any) -> list[str]:
    """Return the methods without a guard of their own; those of a function come from a set, in any order."""
    return sorted(method for method in served_methods(view) if guard_of(view, method) is None)


def _is_browsable(view: Any) -> bool:
    from rest_framework.renderers import BrowsableAPIRenderer

    return any(issubclass(one, BrowsableAPIRenderer) for one in view.renderer_classes)
