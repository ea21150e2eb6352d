"""Workspaces as contexts: somebody who belongs to some chooses on the consent page which one an app works in."""

from collections.abc import Sequence
from typing import Any

from demo_project.notes.models import Workspace
from oauth_provider.registry.grant_context import GrantContext, GrantContexts


class Workspaces(GrantContexts):
    """The workspaces of a person. Who belongs to none acts for themselves."""

    claim = "workspace"

    def contexts_of(self, user: Any, client_id: str) -> Sequence[GrantContext]:
        """Return those that the user belongs to, by name."""
        return [GrantContext(str(one.pk), one.name) for one in Workspace.objects.filter(members=user.pk)]

    def is_open(self, user: Any, client_id: str, key: str) -> bool:
        """Does the user belong to it still? No client of the demo has a workspace of its own."""
        return user is not None and Workspace.objects.filter(pk=key, members=user.pk).exists()
