"""``OAUTH_RESOURCE_SERVER["INTROSPECTION"]``: the server that ``IntrospectionVerifier`` asks (RFC 7662 §2.1)."""

import re
from dataclasses import dataclass, field, fields
from typing import Any

from oauth_provider.protocol.issuer import is_issuer
from oauth_provider.resource_server.options.jwt import LOOPBACK
from oauth_provider.resource_server.options.keys import check_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """Introspection endpoint and this API's credentials there. Times are in seconds.

    Raises ``TypeError`` and ``ValueError``.
    """

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    timeout: float = 3
    revocation_delay: float = 0
    leeway: float = 10

    @classmethod
    def of(cls, options: Any) -> "Introspection":
        """Return the options in the project's dictionary, whose keys are in capitals.

        Raise ``TypeError``, ``ValueError``.
        """
        check_keys(options, {one.name.upper() for one in fields(cls)})
        return cls(**{name.lower(): value for name, value in options.items()})

    def __post_init__(self) -> None:
        if not all(isinstance(text, str) and text for text in (self.url, self.client_id, self.client_secret)):
            raise TypeError("URL, CLIENT_ID and CLIENT_SECRET are strings, and all are needed")
        if not (self.timeout > 0 and self.revocation_delay >= 0 and self.leeway >= 0):
            raise ValueError("TIMEOUT, REVOCATION_DELAY and LEEWAY are seconds")
        if not is_issuer(self.url, allow_http=re.match(LOOPBACK, self.url) is not None):
            raise ValueError("URL must be https")
