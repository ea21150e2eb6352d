"""Declarations of views (RFC 6750 §3.1): the scopes that they name for their methods.

In this order: ``@requires_scopes`` on the method or action, ``scopes`` by action, ``scopes`` by HTTP method, and
``scopes`` for the whole view. HEAD has those of GET. OPTIONS, and a method that the view does not serve (it is answered
405), may be called with those of any method that it serves.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from oauth_provider.protocol.scope_requirement import ScopeRequirement


def declared_requirement(view: Any, method: str) -> ScopeRequirement | None:
    """Return the scopes that ``view`` declares for ``method``, or None. Raise ``TypeError`` and ``ValueError``."""
    requirement = _own(view, method)
    if requirement is None and method == "HEAD":
        requirement = _own(view, "GET")
    if requirement is None and (method == "OPTIONS" or handler_of(view, method) is None):
        return ScopeRequirement.union(found for served in served_methods(view) if (found := _own(view, served)))
    return requirement


def parse_requirement(declaration: Any) -> ScopeRequirement | None:
    """Return the requirement in a declaration, given by itself or in a permission; None for an empty one."""
    declaration = getattr(declaration, "requirement", declaration)
    return ScopeRequirement.from_declaration(declaration) if declaration else None


def served_methods(view: Any) -> Iterator[str]:
    """Yield the HTTP methods that ``view`` has a handler for, except HEAD and OPTIONS, which stand for others."""
    for name in view.http_method_names:
        if name not in {"head", "options"} and handler_of(view, name) is not None:
            yield name.upper()


def action_of(view: Any, method: str) -> str | None:
    """Return the action of a viewset that answers ``method``, or None.

    ``view.action`` is not used: DRF does not change it when it asks about another method than that of the request.
    """
    actions = getattr(view, "action_map", None) or {}
    name = method.lower()
    return "metadata" if name == "options" and actions else actions.get(name)


def handler_of(view: Any, method: str) -> Any:
    """Return the viewset action or view method that answers ``method``, or None."""
    name = method.lower()
    if name not in view.http_method_names:
        return None
    if getattr(view, "action_map", None):
        action = action_of(view, method)
        return view.options if action == "metadata" else action and getattr(view, action, None)
    return getattr(view, name, None)


def guard_of(view: Any, method: str) -> Any:
    """Return the permission that ``@requires_scopes`` left on the handler of ``method``, or None."""
    handler = handler_of(view, "GET" if method == "HEAD" else method)
    guard = getattr(handler, "required_scopes", None)
    return guard if hasattr(guard, "has_permission") else None


def _own(view: Any, method: str) -> ScopeRequirement | None:
    guard = guard_of(view, method)
    if guard is not None:
        return parse_requirement(guard)
    scopes = getattr(view, "scopes", None)
    if isinstance(scopes, Mapping):
        scopes = scopes.get(action_of(view, method), scopes.get(method))
    return parse_requirement(scopes) if scopes else _beside(view)


def _beside(view: Any) -> ScopeRequirement | None:
    """Return the requirement of the first permission of the view that names scopes itself, or None."""
    named = (getattr(permission, "requirement", None) for permission in getattr(view, "permission_classes", ()))
    return next((one for one in named if isinstance(one, ScopeRequirement)), None)
