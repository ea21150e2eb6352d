"""A token request (RFC 6749 §3.2) after its client was authenticated: what every grant is handed."""

from dataclasses import dataclass

from oauth_provider.models.client import Client
from oauth_provider.protocol.form import Form


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """Who asks, and what the form says."""

    client: Client
    form: Form

    def get(self, name: str) -> str:
        """The parameter ``name``; empty where it was left out."""
        return self.form.parameters.get(name, "")
