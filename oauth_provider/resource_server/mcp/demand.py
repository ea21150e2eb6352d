"""Demands of one call on its token (RFC 6750 §3.1, RFC 9470 §3): scopes, and optionally a kind of sign-in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.errors import InsufficientScope, InsufficientUserAuthentication
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.needs import Needs
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.token import AccessToken


@dataclass(frozen=True, slots=True)
class Demand:
    """Scopes and a sign-in that a call needs."""

    requirement: ScopeRequirement
    sign_in: SignIn = field(default_factory=SignIn)

    @classmethod
    def from_declaration(cls, declaration: Any) -> "Demand":
        """Return a demand unchanged, or make one of scopes.

        Raise ``TypeError`` and ``ValueError`` for anything else.
        """
        return declaration if isinstance(declaration, cls) else cls(ScopeRequirement.from_declaration(declaration))

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return every scope that is named."""
        return self.requirement.scopes

    def needs(self, granted: Collection[str]) -> Needs:
        """Return the needs for the challenge of a token with the scopes ``granted``."""
        return Needs(scope=self.requirement.nearest(granted)) & self.sign_in.needs

    def check(self, token: AccessToken) -> None:
        """Raise ``InsufficientScope`` or ``InsufficientUserAuthentication`` unless ``token`` meets the demand."""
        if not self.requirement.is_met_by(token.scopes):
            raise InsufficientScope(Reason.TOKEN_LACKS_SCOPE)
        if not self.sign_in.is_met_by(token):
            raise InsufficientUserAuthentication(Reason.TOKEN_SIGN_IN_TOO_OLD)


def demand(*scopes: str | ScopeRequirement, acr: str | Iterable[str] = (), max_age: int | None = None) -> Demand:
    """Return a demand of all ``scopes``, or of one ``any_of(...)``, and of a sign-in.

    ``acr`` is one value or several, the best first; ``max_age`` is in seconds. Raises ``TypeError`` and
    ``ValueError``.
    """
    declaration: Any = scopes[0] if len(scopes) == 1 else scopes
    return Demand(ScopeRequirement.from_declaration(declaration), SignIn.of(acr, max_age))
