"""Part of ``conf``: settings that limit what others can make us store (RFC 6819 §4.4.1.11)."""

from oauth_provider.conf.signing import SigningSettings


class LimitSettings(SigningSettings):
    """Limits on the rows that one address, client, session or person may cause."""

    @property
    def PENDING_REQUESTS_PER_ADDRESS(self) -> int:
        """Limit of waiting requests from one address without a signed-in person or an authenticated client.

        Pushed by public clients, or kept on their way through the login page. Default: 200.
        """
        return self._get("PENDING_REQUESTS_PER_ADDRESS", 200)

    @property
    def PENDING_REQUESTS_PER_CLIENT(self) -> int:
        """Limit of pushed requests, and of requests on their way through the login page, that wait for one client.

        Default: 10000.
        """
        return self._get("PENDING_REQUESTS_PER_CLIENT", 10_000)

    @property
    def PENDING_REQUESTS_PER_SESSION(self) -> int:
        """Limit of open consent pages in one session; the oldest are dropped. Default: 20."""
        return self._get("PENDING_REQUESTS_PER_SESSION", 20)

    @property
    def UNREDEEMED_CODES_PER_USER(self) -> int:
        """Limit of unredeemed codes of one person for one client; the oldest are dropped. Default: 20."""
        return self._get("UNREDEEMED_CODES_PER_USER", 20)
