"""Presented token (RFC 6750 §2.1, RFC 9449 §7.1): the request, the authentication scheme, and the string."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from oauth_provider.protocol.digest import digest


@dataclass(frozen=True, slots=True)
class Presented:
    """Unverified content of an Authorization header.

    ``scheme`` is spelt as registered, in whatever case it was sent.
    """

    request: HttpRequest
    scheme: str
    token: str = field(repr=False)

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the token, by which the provider and denials know it."""
        return digest(self.token)
