"""``OAUTH_RESOURCE_SERVER["JWT"]``: options for verifying JWT access tokens (RFC 9068 §4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from oauth_provider.protocol.issuer import is_issuer
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.resource_server.options.keys import check_keys

LOOPBACK = r"http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$)"


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtOptions:
    """Options of ``JWTVerifier``. Times are in seconds.

    ``jwks_uris`` has the key set's URL by issuer, for issuers whose metadata does not name it. Raises ``TypeError``
    and ``ValueError``.
    """

    jwks_uris: Mapping[str, str] = field(default_factory=dict)
    algorithms: tuple[str, ...] = tuple(ALGORITHMS)
    leeway: float = 10
    keys_lifetime: float = 300
    timeout: float = 3

    @classmethod
    def of(cls, options: Any) -> "JwtOptions":
        """Return the options in the project's dictionary, whose keys are in capitals.

        Raise ``TypeError``, ``ValueError``.
        """
        check_keys(options, {one.name.upper() for one in fields(cls)})
        given = {name.lower(): value for name, value in options.items()}
        if isinstance(given.get("algorithms"), list):
            given["algorithms"] = tuple(given["algorithms"])
        return cls(**given)

    def __post_init__(self) -> None:
        if not isinstance(self.jwks_uris, Mapping) or not all(map(is_fetchable, self.jwks_uris.values())):
            raise ValueError("JWKS_URIS is a dictionary from issuers to https URLs")
        if not isinstance(self.algorithms, tuple) or not self.algorithms or not set(self.algorithms) <= set(ALGORITHMS):
            raise ValueError(f"ALGORITHMS is a list of {', '.join(ALGORITHMS)}")
        if not (self.leeway >= 0 and self.keys_lifetime > 0 and self.timeout > 0):
            raise ValueError("LEEWAY, KEYS_LIFETIME and TIMEOUT are seconds")


def is_fetchable(url: Any) -> bool:
    """Is it an https URL, or http to this machine?"""
    return isinstance(url, str) and is_issuer(url, allow_http=re.match(LOOPBACK, url) is not None)
