"""Contexts that people let clients act in: which there are, and whether one is still open to who acts in it.

The project's own code says so (``registry.grant_context``), and is not asked where no context is set.
"""

from typing import Any

from oauth_provider.models.client import Client
from oauth_provider.registry.grant_context import GrantContext, distinct, grant_contexts
from oauth_provider.tokens.project_code import project_code

OURS = "what knows the contexts"


def contexts_for(user: Any, client: Client) -> tuple[GrantContext, ...]:
    """Return the contexts in which ``user`` may let ``client`` act; none: for themselves alone."""
    with project_code(OURS):
        return distinct(grant_contexts().contexts_of(user, client.client_id))


def is_open(user: Any, client_id: str, context: str) -> bool:
    """May the client still act in ``context``, for ``user`` or, where that is None, for itself?"""
    if not context:
        return True
    with project_code(OURS):
        return bool(grant_contexts().is_open(user, client_id, context))


def is_open_at_calls(user: Any, client_id: str, context: str) -> bool:
    """Return ``is_open``, where the project wants to be asked at every call of an API; else True."""
    return not context or not grant_contexts().check_every_call or is_open(user, client_id, context)


def claim_of(context: str) -> dict[str, str]:
    """Return the claim that names ``context``; nothing where there is none."""
    return {grant_contexts().claim: context} if context else {}
