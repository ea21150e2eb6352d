"""Refresh tokens that DOT issued (RFC 6749 §6): would DOT itself still honour one?"""

from datetime import datetime, timedelta

from oauth_provider.conf import dot_setting
from oauth_provider.dot.names import Row


def is_live(row: Row, now: datetime) -> bool:
    """Neither revoked, nor older than DOT's setting allows."""
    if row.revoked is not None or row.access_token is None:
        return False
    lifetime = dot_setting("REFRESH_TOKEN_EXPIRE_SECONDS")
    if not lifetime:
        return True
    idle = lifetime if isinstance(lifetime, timedelta) else timedelta(seconds=lifetime)
    return bool(row.access_token.expires + idle > now)
