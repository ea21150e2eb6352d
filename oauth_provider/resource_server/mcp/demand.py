"""What one call demands of a token (RFC 6750 §3.1, RFC 9470 §3): scopes, and perhaps a sign-in of a certain kind."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.errors import InsufficientScope, InsufficientUserAuthentication
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.needs import Needs
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.token import AccessToken


@dataclass(frozen=True, slots=True)
class Demand:
    """Scopes and a sign-in."""

    requirement: ScopeRequirement
    sign_in: SignIn = field(default_factory=SignIn)

    @classmethod
    def from_declaration(cls, declaration: Any) -> "Demand":
        """A demand as it is, or one for scopes alone. Raises ``TypeError`` and ``ValueError`` for what is none."""
        return declaration if isinstance(declaration, cls) else cls(ScopeRequirement.from_declaration(declaration))

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that is named."""
        return self.requirement.scopes

    def needs(self, granted: Collection[str]) -> Needs:
        """What a challenge says to a token with the scopes ``granted``."""
        return Needs(scope=self.requirement.nearest(granted)) & self.sign_in.needs

    def check(self, token: AccessToken) -> None:
        """Raise ``InsufficientScope`` or ``InsufficientUserAuthentication`` for a token that does not do."""
        if not self.requirement.is_met_by(token.scopes):
            raise InsufficientScope("The access token lacks a scope for this call.")
        if not self.sign_in.is_met_by(token):
            raise InsufficientUserAuthentication("The user must sign in again for this call.")


def demand(*scopes: str | ScopeRequirement, acr: str | Iterable[str] = (), max_age: int | None = None) -> Demand:
    """``scopes`` are all needed, or they are one ``any_of(...)``; ``acr`` and ``max_age`` (seconds) as elsewhere."""
    declaration: Any = scopes[0] if len(scopes) == 1 else scopes
    return Demand(ScopeRequirement.from_declaration(declaration), SignIn.of(acr, max_age))
