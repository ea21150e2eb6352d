"""Offline access (OpenID Connect Core §11): which sign-ins end with the session that they began in."""

from collections.abc import Collection

from oauth_provider.protocol.id_token import OPENID

OFFLINE_ACCESS = "offline_access"


def ends_with_session(scope: Collection[str]) -> bool:
    """Does a grant of ``scope`` end when the person logs out?

    Yes where the client signs people in (``openid``), unless ``offline_access`` was granted. A client of plain
    OAuth has no session here and goes on.
    """
    return OPENID in scope and OFFLINE_ACCESS not in scope
