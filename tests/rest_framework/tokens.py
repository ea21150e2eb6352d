"""A verifier that knows the tokens a test gave it, and the tokens themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.token import AccessToken

KNOWN: dict[str, AccessToken] = {}


def access_token(**overrides: Any) -> AccessToken:
    """A token that is good everywhere for ``notes:read``, for a client alone."""
    facts: dict[str, Any] = {
        "scope": "notes:read",
        "client_id": "service",
        "sub": None,
        "expires": datetime.now(UTC) + timedelta(minutes=5),
        "issuer": "https://as.example",
    }
    return AccessToken(**(facts | overrides))


def verify(token: str) -> AccessToken:
    """The token of that name. Raises ``InvalidToken``."""
    try:
        return KNOWN[token]
    except KeyError:
        raise InvalidToken("The access token is unknown.", detail="no such row") from None
