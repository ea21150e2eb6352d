"""Verifiers (RFC 6750 §3.1): what turns the string from an Authorization header into an ``AccessToken``."""

from typing import Protocol

from oauth_provider.resource_server.token import AccessToken


class Verifier(Protocol):
    """The contract of ``OAUTH_RESOURCE_SERVER["VERIFIER"]``.

    It may have ``is_foreign(token: str) -> bool``: can nobody whose tokens are good here have issued it, as far as that
    can be told without asking them? That is what ``UNKNOWN_BEARER_TOKENS = "leave"`` leaves; without it, nothing.
    """

    def __call__(self, token: str, /) -> AccessToken:
        """What ``token`` says, if it is an access token that is good at this moment.

        A verifier answers for signature or record, expiry, revocation, client and user. Where the token is
        used (audience, key, scope) is for its caller to judge. Raises ``protocol.errors.InvalidToken``,
        with the reason in ``detail``.
        """
