"""A project with workspaces: who is a member of which, in a table that tests change."""

from collections.abc import Sequence
from typing import Any

from oauth_provider.registry.grant_context import GrantContext, GrantContexts

# Each workspace with its name, by its key.
NAMES = {"acme": "Acme <Rockets>", "globex": "Globex", "initech": "Initech"}
# The keys of each person's workspaces, by username; "" for clients that act for themselves.
members: dict[str, list[str]] = {}
# Every question: the username, or None, and the key that was asked about, or None for all.
questions: list[tuple[str | None, str | None]] = []


class Workspaces(GrantContexts):
    """The workspaces of ``members``."""

    claim = "workspace"

    def contexts_of(self, user: Any, client_id: str) -> Sequence[GrantContext]:
        """Return those of the user."""
        questions.append((user.get_username(), None))
        return [GrantContext(key, NAMES[key]) for key in members.get(user.get_username(), [])]

    def is_open(self, user: Any, client_id: str, key: str) -> bool:
        """Is the user a member, or is the client's own one there?"""
        name = user.get_username() if user is not None else ""
        questions.append((name or None, key))
        return key in members.get(name, [])


class Watched(Workspaces):
    """Asked at every call."""

    check_every_call = True


class Failing(Workspaces):
    """One that is no use."""

    def contexts_of(self, user: Any, client_id: str) -> Sequence[GrantContext]:
        """Return what is no context."""
        return ["acme"]  # type: ignore[list-item]
