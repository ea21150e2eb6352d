"""The grants there are (RFC 6749 §1.3): the only list of them. Discovery is derived from it."""

from typing import Protocol

from oauth_provider.grants import authorization_code, client_credentials, refresh_token
from oauth_provider.grants.request import TokenRequest
from oauth_provider.models.transaction import RowGone
from oauth_provider.protocol.errors import InvalidGrant, UnauthorizedClient, UnsupportedGrantType
from oauth_provider.tokens.issue import Issued


class Grant(Protocol):
    """A module that says which grant it is, which parameters it reads, and how it is exchanged."""

    grant_type: str
    parameters: tuple[str, ...]

    def exchange(self, request: TokenRequest) -> Issued:
        """Rules in order, then the verb."""
        ...


GRANTS: dict[str, Grant] = {
    grant.grant_type: grant for grant in (authorization_code, refresh_token, client_credentials)
}


def exchange(request: TokenRequest) -> Issued:
    """Find the grant and exchange. Raises what it raises, ``UnsupportedGrantType`` and ``UnauthorizedClient``."""
    grant = GRANTS.get(request.form.required("grant_type"))
    if grant is None:
        raise UnsupportedGrantType("The grant type is unknown here.")
    if not request.client.allows_grant_type(grant.grant_type):
        raise UnauthorizedClient("This client may not use this grant type.")
    try:
        return grant.exchange(request)
    except RowGone:
        raise InvalidGrant("The authorization has ended.", detail="a row was deleted meanwhile") from None
