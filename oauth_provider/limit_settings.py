"""``OAUTH_PROVIDER``, as far as it bounds what others can make us store (RFC 6819 §4.4.1.11): a part of ``conf``."""

from oauth_provider.signing_settings import SigningSettings


class LimitSettings(SigningSettings):
    """How many rows one address, one client, one session and one person may cause."""

    @property
    def PENDING_REQUESTS_PER_ADDRESS(self) -> int:
        """How many requests may wait that one address sent without anybody being signed in or authenticated.

        Pushed by public clients, or kept on their way through the login page. Default: 200.
        """
        return self._get("PENDING_REQUESTS_PER_ADDRESS", 200)

    @property
    def PENDING_REQUESTS_PER_CLIENT(self) -> int:
        """How many pushed requests, and requests on their way through the login page, may wait for one client.

        Default: 10000.
        """
        return self._get("PENDING_REQUESTS_PER_CLIENT", 10_000)

    @property
    def PENDING_REQUESTS_PER_SESSION(self) -> int:
        """How many consent pages may be open in one session; the oldest give way. Default: 20."""
        return self._get("PENDING_REQUESTS_PER_SESSION", 20)

    @property
    def UNREDEEMED_CODES_PER_USER(self) -> int:
        """How many codes of one person for one client may wait to be redeemed; the oldest give way. Default: 20."""
        return self._get("UNREDEEMED_CODES_PER_USER", 20)
