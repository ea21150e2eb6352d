"""Questions (RFC 6749 §4.1.1): who asks a person, for what, and what a yes agrees to."""

from dataclasses import dataclass
from typing import Any

from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.authorization.rules import Asked, Destination
from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.models.client import Client
from oauth_provider.protocol.consent import Agreement
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.redirect_uri import is_https
from oauth_provider.registry.authorization_details import digests_of_details
from oauth_provider.registry.resource import digests_of_resources
from oauth_provider.registry.scope import digests_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a person: who asks, for what, and under which sign-in. ``issuer`` answers."""

    request: AuthorizationRequest
    destination: Destination
    asked: Asked
    user: Any
    sign_in: SignIn
    issuer: str = ""

    @property
    def scope(self) -> tuple[str, ...]:
        """What for."""
        return self.asked.scope

    @property
    def client(self) -> Client:
        """Who asks."""
        return self.destination.client


def is_identity_assured(destination: Destination) -> bool:
    """May a request be answered without a page? Only where no other app can pose as the client (RFC 8252 §8.6)."""
    return not destination.client.is_public or is_https(destination.redirect_uri)


def shown(client: Client) -> str:
    """The digest of how the client showed itself; where that changes, people are asked again."""
    return digest(str(client.application))


def words_shown(question: Question) -> str:
    """The digest of all that is on the page: nobody agrees to what changed while it was open."""
    return agreement_of(question).digest


def agreement_of(question: Question) -> Agreement:
    """Return what a yes to ``question`` agrees to: every scope and every detail at every resource that is asked for."""
    return Agreement(
        client=shown(question.client),
        scopes=digests_of(question.scope),
        resources=digests_of_resources(question.asked.audience.resources),
        details=digests_of_details(question.asked.details),
    )
