"""Content of an access token: none that others can read, or a JWT (RFC 9068 §2)."""

import base64
import json
from typing import Any

from oauth_provider.walk.scene import Scene


def look_inside(scene: Scene, access_token: str) -> None:
    """Print the claims of the token. Its signature is not verified: nothing is decided by it."""
    claims = claims_of(access_token)
    if claims is None:
        scene.say("The access token says nothing by itself: it is a random text that this server alone can look up.")
    else:
        scene.say("The access token is a JWT, signed by the server. An API can read in it:")
        scene.transcript.screen.members(claims)


def claims_of(token: str) -> dict[str, Any] | None:
    """Return the claims of a JWT (RFC 7519 §3), or None for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
