"""The grants there are (RFC 6749 §1.3), and the contract of one. ``registry.grant`` has the list of them."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from oauth_provider.grants.request import TokenRequest
from oauth_provider.registry.grant import load_grants
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


grants: Callable[[], Mapping[str, Grant]] = load_grants
"""Return every grant by its ``grant_type``. Raises ``ImproperlyConfigured``."""
