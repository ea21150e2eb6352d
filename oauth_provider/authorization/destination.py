"""Destinations (RFC 6749 §4.1.2): where an answer may go, once the redirect URI can be trusted."""

from dataclasses import dataclass

from oauth_provider.models.client import Client
from oauth_provider.protocol import redirect_uri, response_mode


@dataclass(frozen=True, slots=True)
class Destination:
    """The destination of an answer: the client is known and the redirect URI is one of its own."""

    client: Client
    redirect_uri: str
    state: str
    response_mode: str = response_mode.QUERY

    @property
    def in_words(self) -> str:
        """The host, or the scheme of an app's own link: what a person can check."""
        return redirect_uri.destination(self.redirect_uri)

    @property
    def is_assured(self) -> bool:
        """May it be answered without a page? Only where no other app can pose as the client (RFC 8252 §8.6)."""
        return not self.client.is_public or redirect_uri.is_https(self.redirect_uri)
