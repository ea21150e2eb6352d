"""Inquiries (RFC 6749 §4.1.1): the question of an authorization request, with what its answer is made of."""

from dataclasses import dataclass
from typing import Any

from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.question import Asked, Question
from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.models.client import Client
from oauth_provider.tokens.issuer import Issuer


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A checked request: its question, the destination of its answer, and who answers."""

    request: AuthorizationRequest
    destination: Destination
    question: Question
    issuer: Issuer

    @property
    def client(self) -> Client:
        """Return the client that asks."""
        return self.destination.client

    @property
    def user(self) -> Any:
        """Return the person who is asked."""
        return self.question.user


def inquire(
    request: AuthorizationRequest, destination: Destination, asked: Asked, *, user: Any, sign_in: SignIn, issuer: Issuer
) -> Inquiry:
    """Return what ``request`` asks ``user``, who is signed in by ``sign_in``."""
    question = Question(destination.client, user, asked, sign_in, destination.in_words)
    return Inquiry(request, destination, question, issuer)
