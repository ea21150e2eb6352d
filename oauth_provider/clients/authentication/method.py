"""The contract of a method of client authentication (RFC 6749 §2.3): one module, or one object, for each."""

from typing import Protocol

from oauth_provider.clients.authentication.attempt import Attempt
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.lookup import FoundClient


class Method(Protocol):
    """A method that ``CLIENT_AUTHENTICATION_METHODS`` names: a module, an object, or a class without arguments."""

    METHOD: str
    """Its name on the wire, a value of ``token_endpoint_auth_method`` (RFC 7591 §2)."""

    def credentials(self, request: ClientRequest) -> Credentials | None:
        """Return what is presented by this method, None where nothing is. Raises ``InvalidClient`` if malformed.

        No client is known yet, and nothing is fetched or looked up.
        """
        ...

    def verify(self, credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
        """Raise ``InvalidClient``, with the reason in ``detail``, unless ``credentials`` prove the client.

        Its policy allows this method. Before anything is tried that could be guessed, or that costs more than a
        comparison, call ``attempt.count()``: it ends the request where too many failed. A failure counts in any case.
        """
        ...
