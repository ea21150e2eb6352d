"""The grants there are (RFC 6749 §1.3): the only list of them. Discovery is derived from it."""

from typing import Any, Protocol

from oauth_provider.grants import authorization_code, client_credentials, refresh_token
from oauth_provider.grants.request import TokenRequest
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.issue import Issued
from oauth_provider.tokens.signer import Signer


class Grant(Protocol):
    """A module that says which grant it is, which parameters it reads, and how it is exchanged."""

    grant_type: str
    parameters: tuple[str, ...]

    def read(self, request: TokenRequest) -> Any:
        """Return a snapshot of what decides, without a lock and outside of a transaction. Raises ``OAuthError``."""
        ...

    def decide(self, snapshot: Any, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
        """Apply the rules in order. Writes nothing, and may be called again. Raises ``OAuthError``."""
        ...


GRANTS: dict[str, Grant] = {
    grant.grant_type: grant for grant in (authorization_code, refresh_token, client_credentials)
}
