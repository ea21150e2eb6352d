"""An issuer's names and keys, a clock, and whether a token is good."""

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from tests import jose_keys

ISSUER = "https://as.example/tenant"
WELL_KNOWN = "https://as.example/.well-known/oauth-authorization-server/tenant"
KEYS = {"keys": [dict(jose_keys.public("ES256").public_jwk)]}
METADATA = {"issuer": ISSUER, "jwks_uri": "https://as.example/tenant/jwks"}


class Clock:
    """In the place of ``time`` where keys are kept."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def is_good(token: str) -> bool:
    """Is it verified anew, and good? Raises ``ServiceUnavailable``."""
    conf.verifier._memory._answers.clear()  # type: ignore[attr-defined]
    try:
        return conf.verifier(token) is not None
    except InvalidToken:
        return False
