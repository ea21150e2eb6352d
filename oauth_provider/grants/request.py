"""A token request (RFC 6749 §3.2) after its client was authenticated: what every grant is handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """``form`` holds each parameter once; ``resources`` every ``resource`` (RFC 8707 §2)."""

    client: Client
    form: Mapping[str, str] = field(repr=False)
    resources: tuple[str, ...] = ()

    def required(self, name: str) -> str:
        """The parameter ``name``. Raises ``InvalidRequest`` if it is missing."""
        value = self.form.get(name)
        if not value:
            raise InvalidRequest(f"{name} is missing.")
        return value
