"""Scopes that a client asks for and goes without (RFC 6749 §3.3): the log says once which, and why."""

import logging
from collections.abc import Collection, Iterable

from oauth_provider.models.client import Client
from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.protocol.spelling import find_similar
from oauth_provider.registry.scope import all_scopes

logger = logging.getLogger("oauth_provider.authorization")

# Anybody may ask in a client's name for what they like: so much is told in all, of one client, of one request and one
# name. A process that has told so much is silent from then on.
MAX_TOLD, MAX_OF_ONE, MAX_AT_ONCE, MAX_LENGTH = 1_000, 20, 5, 64
NO_REFRESH = "no refresh token would come of this request."
NOT_ITS_OWN = "the client may not have it. Choose it on the client's page in the admin, if it should."


class LeftOutScopes:
    """Each scope that a client was left without, told once in each process.

    Without a lock: two at once may tell the same.
    """

    def __init__(self) -> None:
        self._told: dict[str, set[str]] = {}
        self._count = 0

    def tell(self, requested: Iterable[str], granted: Collection[str], client: Client) -> None:
        """Log a warning for each scope of ``requested`` that is not in ``granted``, unless that was told before."""
        for scope in [one for one in requested if one not in granted][:MAX_AT_ONCE]:
            told, name = self._told.get(client.client_id, set()), scope[:MAX_LENGTH]
            if name in told or len(told) >= MAX_OF_ONE or self._count >= MAX_TOLD:
                continue
            self._told[client.client_id] = {*told, name}
            self._count += 1
            logger.warning(
                "The client %r goes without the scope %r: %s", client.client_id, name, _reason(scope, client)
            )

    def forget(self) -> None:
        """Forget what was told."""
        self._told.clear()
        self._count = 0


def _reason(scope: str, client: Client) -> str:
    known = all_scopes()
    if scope not in known:
        similar = find_similar(scope, (name for name in known if is_scope_token(name)))
        return f"there is no such scope. Did you mean {similar!r}?" if similar else "there is no such scope."
    allowed = client.policy.scopes
    return NO_REFRESH if allowed is None or scope in allowed else NOT_ITS_OWN


left_out_scopes = LeftOutScopes()
