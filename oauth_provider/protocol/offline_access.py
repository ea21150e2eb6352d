"""Offline access (OpenID Connect Core §11): which sign-ins end with the session that they began in."""

from collections.abc import Collection

from oauth_provider.protocol.id_token import OPENID

OFFLINE_ACCESS = "offline_access"


def ends_with_session(scope: Collection[str]) -> bool:
    """Does what was granted end when the person logs out?

    Where a client signs people in, yes, unless they agreed that it goes on while they are away. A client of plain
    OAuth, without ``openid``, knows nothing of a session here and goes on.
    """
    return OPENID in scope and OFFLINE_ACCESS not in scope
