"""The client credentials grant (RFC 6749 §4.4): a confidential client asks for itself."""

from oauth_provider.grants.request import TokenRequest
from oauth_provider.models.scope import requested_scopes
from oauth_provider.protocol.errors import UnauthorizedClient
from oauth_provider.protocol.resource_indicator import narrow
from oauth_provider.tokens.issue import Issued, issue_for_client

grant_type = "client_credentials"
parameters = ("scope", "resource")


def exchange(request: TokenRequest) -> Issued:
    """Raises ``UnauthorizedClient``, ``InvalidScope`` and ``InvalidTarget``."""
    check_confidential(request)
    scope = requested_scopes(request.get("scope"), request.client.policy)
    narrow(request.form.resources, ())
    return issue_for_client(request.client, scope)


def check_confidential(request: TokenRequest) -> None:
    """RFC 6749 §4.4: only for a client that can prove who it is."""
    if request.client.is_public:
        raise UnauthorizedClient("A public client has no credentials to be granted by.")
