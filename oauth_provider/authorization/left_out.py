"""Scopes that a client asks for and goes without (RFC 6749 §3.3): the log says once which, and why."""

import logging
from collections.abc import Collection, Iterable

from oauth_provider.models.client import Client
from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.protocol.spelling import find_similar
from oauth_provider.registry.scope import all_scopes

logger = logging.getLogger("oauth_provider.authorization")

# Clients choose what they ask for: so much is remembered, and so much told of one request and one name.
MAX_TOLD, MAX_AT_ONCE, MAX_LENGTH = 1_000, 5, 64
NO_REFRESH = "no refresh token would come of this request."
NOT_ITS_OWN = "the client may not have it. Choose it on the client's page in the admin, if it should."


class LeftOutScopes:
    """Each scope that a client was left without, told once in each process.

    Without a lock: two at once may tell the same.
    """

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()

    def tell(self, requested: Iterable[str], granted: Collection[str], client: Client) -> None:
        """Log a warning for each scope of ``requested`` that is not in ``granted``, unless that was told before."""
        for scope in [one for one in requested if one not in granted][:MAX_AT_ONCE]:
            key = (client.client_id, scope[:MAX_LENGTH])
            if key in self._told:
                continue
            if len(self._told) >= MAX_TOLD:
                self._told.clear()
            self._told.add(key)
            logger.warning("The client %r goes without the scope %r: %s", *key, _reason(scope, client))

    def forget(self) -> None:
        """Forget what was told."""
        self._told.clear()


def _reason(scope: str, client: Client) -> str:
    known = all_scopes()
    if scope not in known:
        similar = find_similar(scope, (name for name in known if is_scope_token(name)))
        return f"there is no such scope. Did you mean {similar!r}?" if similar else "there is no such scope."
    allowed = client.policy.scopes
    return NO_REFRESH if allowed is None or scope in allowed else NOT_ITS_OWN


left_out_scopes = LeftOutScopes()
