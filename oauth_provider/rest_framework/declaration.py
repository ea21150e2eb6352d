"""Declarations (RFC 6750 §3.1): which scopes does a view say that it needs, for which of its methods?

In this order: ``@requires_scopes`` on the method or action, ``scopes`` by action, ``scopes`` by HTTP method, and
``scopes`` for the whole view. HEAD is answered by GET's. OPTIONS, and a method that the view does not serve
(which is answered 405), are open to whoever may call one of the methods that it does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from oauth_provider.protocol.scope_requirement import ScopeRequirement


def declared(view: Any, method: str) -> ScopeRequirement | None:
    """What ``view`` declares for ``method``; None where it declares nothing. Raises ``TypeError``, ``ValueError``."""
    requirement = _own(view, method)
    if requirement is None and method == "HEAD":
        requirement = _own(view, "GET")
    if requirement is None and (method == "OPTIONS" or handler_of(view, method) is None):
        return ScopeRequirement.union(found for served in served_methods(view) if (found := _own(view, served)))
    return requirement


def parsed(declaration: Any) -> ScopeRequirement | None:
    """A declaration as it was written: by itself or in a permission. None where nothing was."""
    declaration = getattr(declaration, "requirement", declaration)
    return ScopeRequirement.from_declaration(declaration) if declaration else None


def served_methods(view: Any) -> Iterator[str]:
    """The HTTP methods that ``view`` has a handler for, but for HEAD and OPTIONS, which stand for others."""
    for name in view.http_method_names:
        if name not in {"head", "options"} and handler_of(view, name) is not None:
            yield name.upper()


def action_of(view: Any, method: str) -> str | None:
    """The action of a viewset that answers ``method``, or None. Not ``view.action``, which DRF does not keep
    in step when it asks about another method than the one of the request."""
    actions = getattr(view, "action_map", None) or {}
    name = method.lower()
    return "metadata" if name == "options" and actions else actions.get(name)


def handler_of(view: Any, method: str) -> Any:
    """What answers ``method``: a viewset's action, or the method of the same name; None where nothing does."""
    name = method.lower()
    if name not in view.http_method_names:
        return None
    if getattr(view, "action_map", None):
        action = action_of(view, method)
        return view.options if action == "metadata" else action and getattr(view, action, None)
    return getattr(view, name, None)


def guard_of(view: Any, method: str) -> Any:
    """The permission that ``@requires_scopes`` left on what answers ``method``, or None."""
    handler = handler_of(view, "GET" if method == "HEAD" else method)
    guard = getattr(handler, "required_scopes", None)
    return guard if hasattr(guard, "has_permission") else None


def _own(view: Any, method: str) -> ScopeRequirement | None:
    guard = guard_of(view, method)
    if guard is not None:
        return parsed(guard)
    scopes = getattr(view, "scopes", None)
    if isinstance(scopes, Mapping):
        scopes = scopes.get(action_of(view, method), scopes.get(method))
    return parsed(scopes) if scopes else _beside(view)


def _beside(view: Any) -> ScopeRequirement | None:
    """What a permission of the view itself names: beside it, one that names nothing asks for nothing more."""
    named = (getattr(permission, "requirement", None) for permission in getattr(view, "permission_classes", ()))
    return next((one for one in named if isinstance(one, ScopeRequirement)), None)
