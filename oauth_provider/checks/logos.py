"""Check of logos (RFC 7591 §5): the library that decodes them is one that nobody knows how to break."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning

from oauth_provider.checks.registration import register
from oauth_provider.clients.logo import INSTALL, OLDEST_PILLOW, pillow


@register(Tags.security)
def check_pillow(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W139: Pillow is too old to decode logos that others made, so that none is taken."""
    release = pillow()
    if release is None or release >= OLDEST_PILLOW:
        return []
    return [
        Warning(
            f"Pillow {'.'.join(map(str, release))} has published vulnerabilities: no logo of a client is taken.",
            hint=f"Bring it to {'.'.join(map(str, OLDEST_PILLOW))} or later: {INSTALL}.",
            id="oauth_provider.W139",
        )
    ]
