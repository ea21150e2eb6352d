"""Scopes that not everybody may grant (RFC 6749 §3.3): the project says who, and is asked whenever one is granted.

It is not asked where no scope has a rule, nor about scopes that have none.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.module_loading import import_string

from oauth_provider.models import Authorization
from oauth_provider.protocol.scope_entry import GROUP, PERMISSION, rule_of
from oauth_provider.registry.scope import Registry, registry
from oauth_provider.tokens.project_code import project_code

OURS = "what says who may grant a scope"
NOTHING: frozenset[str] = frozenset()


def withheld_from(user: Any, scopes: Iterable[str], known: Registry | None = None) -> frozenset[str]:
    """Return those of ``scopes``, and of what they imply, that ``user`` may not grant.

    ``known`` is the registry, where it was read already. Raises ``ValueError`` and ``ImportError`` for a rule that
    cannot be asked.
    """
    known = known or registry()
    rules = known.rules
    if not rules:
        return NOTHING
    with project_code(OURS):
        ruled = {one: rule_of(rules[one]) for one in known.with_implied(tuple(scopes)) if one in rules}
        groups = _groups_of(user, {named for kind, named in ruled.values() if kind == GROUP})
        return frozenset(one for one, (kind, named) in ruled.items() if not _may(user, one, kind, named, groups))


def withheld_from_sign_in(authorization: Authorization | None, known: Registry) -> frozenset[str]:
    """Return the scopes of ``authorization`` that its user may not grant any more. Nothing where there is none."""
    return NOTHING if authorization is None else withheld_from(authorization.user, authorization.scope.split(), known)


def _groups_of(user: Any, named: Collection[str]) -> frozenset[str]:
    """Return those groups, of the ones that are ``named``, that ``user`` is in: one statement for all of them."""
    return frozenset(user.groups.filter(name__in=named).values_list("name", flat=True)) if named else NOTHING


def _may(user: Any, scope: str, kind: str, named: str, groups: Collection[str]) -> bool:
    if kind == PERMISSION:
        return bool(user.has_perm(named))
    if kind == GROUP:
        return named in groups
    return bool(import_string(named)(user, scope))
