"""Part of ``conf``: settings of authorization requests that are pushed (RFC 9126) or signed (RFC 9101)."""

from oauth_provider.conf.seams import SeamSettings


class RequestSettings(SeamSettings):
    """Settings of the ways in which a client may, or must, send a request."""

    @property
    def PUSHED_REQUEST_LIFETIME(self) -> int:
        """Lifetime of a pushed request (RFC 9126 §2.2), in seconds. Default: 300."""
        return self._get("PUSHED_REQUEST_LIFETIME", 300)

    @property
    def REQUIRE_PUSHED_AUTHORIZATION_REQUESTS(self) -> bool:
        """True if every client must push its requests (RFC 9126 §5).

        Default: False. A client's policy may require it of that client alone.
        """
        return self._get("REQUIRE_PUSHED_AUTHORIZATION_REQUESTS", False)

    @property
    def REQUIRE_SIGNED_REQUEST_OBJECT(self) -> bool:
        """True if every client must sign its requests (RFC 9101 §10.5), and so must have keys.

        Default: False. A client's policy may require it of that client alone.
        """
        return self._get("REQUIRE_SIGNED_REQUEST_OBJECT", False)
