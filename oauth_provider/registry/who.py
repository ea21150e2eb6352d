"""People by a permission, a group or a function of the project, as settings and policies name them."""

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

from oauth_provider.protocol.scope_entry import CALLABLE, GROUP, PERMISSION, rule_of


def is_one_of(user: Any, rules: Iterable[str], subject: Any) -> bool:
    """Does one of ``rules`` name ``user``? Nobody is named by a group or a permission.

    Each is ``"permission:app.codename"``, ``"group:Name"`` or ``"callable:dotted.path"`` of a function that takes the
    user and ``subject``. Raises ``ValueError`` and ``ImportError`` for one that cannot be asked.
    """
    ruled = [rule_of(rule) for rule in rules]
    groups = {named for kind, named in ruled if kind == GROUP}
    if user is not None and groups and user.groups.filter(name__in=groups).exists():
        return True
    if user is not None and any(user.has_perm(named) for kind, named in ruled if kind == PERMISSION):
        return True
    return any(bool(import_string(named)(user, subject)) for kind, named in ruled if kind == CALLABLE)


def why_no_rule(rule: str) -> str:
    """Return why ``rule`` cannot be asked; empty where it can."""
    try:
        kind, named = rule_of(rule)
    except ValueError:
        return "it is no rule"
    if kind == PERMISSION and "." not in named:
        return "a permission is written with its app"
    if kind != CALLABLE:
        return ""
    try:
        found = import_string(named)
    except Exception as error:  # whatever a module of the project's raises when it is imported
        return f"{error}"
    return "" if callable(found) else "it cannot be called"
