"""Snapshots: what a grant decides by, as it was read."""

from dataclasses import dataclass
from datetime import datetime

from oauth_provider.dot.names import Row
from oauth_provider.models import Authorization
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import TEST_MODE, Client
from oauth_provider.registry.client_users import is_for_user
from oauth_provider.registry.scope import Registry, registry
from oauth_provider.tokens.authorization_details import are_still_theirs
from oauth_provider.tokens.grant_context import is_open
from oauth_provider.tokens.scope_rules import withheld_from_sign_in


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An authorization with its user, None where there is none, and the time by the clock of its database.

    ``is_context_open`` says whether its user may still act in its context, ``are_details_theirs`` whether they may
    still grant its details, and ``withheld`` are scopes of it that its user may not grant any more, by the registry
    that is ``known``.
    ``is_for_user`` says whether its user may still use the client.
    ``adopted`` is the row of a refresh token that DOT issued, where one was presented that is not ours yet.
    """

    authorization: Authorization | None
    now: datetime
    is_context_open: bool = True
    adopted: Row | None = None
    are_details_theirs: bool = True
    withheld: frozenset[str] = frozenset()
    known: Registry | None = None
    is_for_user: bool = True

    @classmethod
    def of(cls, authorization: Authorization | None, client: Client) -> "Snapshot":
        """Return the snapshot of ``authorization`` at this moment, once the project's own code was asked about it."""
        now, known = authorization_now(), registry()
        if authorization is None:
            return cls(None, now, known=known)
        user, details, policy = authorization.user, authorization.authorization_details, client.policy
        is_for_everybody = policy.status not in TEST_MODE and not policy.usable_by
        return cls(
            authorization,
            now,
            is_context_open=is_open(user, client.client_id, authorization.context),
            are_details_theirs=are_still_theirs(user, details),
            withheld=withheld_from_sign_in(authorization, known),
            known=known,
            is_for_user=is_for_everybody or is_for_user(user, client),
        )
