"""People who may use a client: all of them, those that an operator names, or in test mode its own team (RFC 7591 §5).

A client that works for everybody is asked about nothing here: only one that does not costs a statement.
"""

from typing import Any

from oauth_provider.models.client import TEST_MODE, Client
from oauth_provider.models.client_member import ClientMember
from oauth_provider.protocol.errors import AccessDenied
from oauth_provider.protocol.reason import Reason
from oauth_provider.registry.who import is_one_of


def check_user(user: Any, client: Client) -> None:
    """Raise ``AccessDenied`` unless ``user`` may use ``client``."""
    if not is_in_team(user, client.policy.status, client.application.pk):
        raise AccessDenied(Reason.CLIENT_IN_TEST_MODE)
    if not is_named(user, client.policy.users, client.client_id):
        raise AccessDenied(Reason.CLIENT_NOT_FOR_USER)


def is_for_user(user: Any, client: Client) -> bool:
    """May ``user`` use ``client``?

    Raises ``ValueError`` and ``ImportError`` for a rule that cannot be asked.
    """
    is_theirs = is_in_team(user, client.policy.status, client.application.pk)
    return is_theirs and is_named(user, client.policy.users, client.client_id)


def is_in_team(user: Any, status: str | None, application_id: Any) -> bool:
    """Does a client of this status work for ``user``? True where nobody is there: its own team is the client, too."""
    if status not in TEST_MODE or user is None:
        return True
    return ClientMember.objects.filter(application=application_id, user=user.pk).exists()


def is_named(user: Any, rules: tuple[str, ...], client_id: str) -> bool:
    """Is ``user`` among the people that the operator named? True where nobody is named, and where nobody is there."""
    return user is None or not rules or is_one_of(user, rules, client_id)
