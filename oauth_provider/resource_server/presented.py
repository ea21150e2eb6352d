"""A token as it was presented (RFC 6750 §2.1, RFC 9449 §7.1): the request, the scheme, and the string."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from oauth_provider.protocol.digest import digest


@dataclass(frozen=True, slots=True)
class Presented:
    """What came in the Authorization header. ``scheme`` is spelt as it is registered, however it was sent."""

    request: HttpRequest
    scheme: str
    token: str = field(repr=False)

    @property
    def checksum(self) -> str:
        """What the provider knows the token by, and a denial calls it."""
        return digest(self.token)
