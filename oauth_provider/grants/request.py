"""A token request (RFC 6749 §3.2) after its client was authenticated: what every grant is handed."""

from collections.abc import Callable
from dataclasses import dataclass

from oauth_provider.clients.keys.encryption import envelope_for
from oauth_provider.events.actor import Actor
from oauth_provider.models.client import Client
from oauth_provider.protocol.authorization_details import PARAMETER, Detail
from oauth_provider.protocol.form import Form
from oauth_provider.registry.authorization_details import requested_details
from oauth_provider.resource_server.proofs.key_binding import KeyBinding
from oauth_provider.sql.guard import Guard
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.signer import Signer


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request: who asks, what the form says, and ``issuer``, this server as the request knows it.

    ``guard`` is of a client that was remembered, ``key`` what the request proves that it has, and ``by`` says where it
    came from.
    """

    client: Client
    form: Form
    issuer: Issuer
    guard: Guard | None = None
    key: KeyBinding | None = None
    by: Callable[[], Actor] = Actor

    def get(self, name: str) -> str:
        """The parameter ``name``; empty where it was left out."""
        return self.form.parameters.get(name, "")

    def details(self, *, by_person: bool = True) -> tuple[Detail, ...]:
        """The authorization details that are asked for (RFC 9396 §6). Raises ``InvalidAuthorizationDetails``."""
        return requested_details(self.get(PARAMETER), self.client, by_person=by_person)

    def signer(self) -> Signer:
        """Return the signer of what is issued. It may fetch the client's keys, so never inside a transaction."""
        return Signer.of(self.client, self.issuer, envelope_for(self.client))
