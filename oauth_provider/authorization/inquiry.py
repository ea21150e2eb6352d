"""Inquiries (RFC 6749 §4.1.1): the question of an authorization request, with what its answer is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.leeway import with_leeway
from oauth_provider.authorization.question import Asked, Question
from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.authorization.visitor import NOBODY, Visitor
from oauth_provider.conf import provider_settings
from oauth_provider.models.client import Client
from oauth_provider.protocol.authorization_details import Detail
from oauth_provider.registry.authorization_details import leaves_choice
from oauth_provider.registry.client_users import check_user
from oauth_provider.registry.grant_context import GrantContext
from oauth_provider.registry.scope import registry
from oauth_provider.tokens.grant_context import contexts_for
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.project_code import project_code
from oauth_provider.tokens.scope_rules import withheld_from


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A checked request: its question, the destination of its answer, and who answers."""

    request: AuthorizationRequest
    destination: Destination
    question: Question
    issuer: Issuer
    visitor: Visitor = NOBODY

    @property
    def client(self) -> Client:
        """Return the client that asks."""
        return self.destination.client

    def of_client(self, client: Client) -> "Inquiry":
        """Return it with the rows that ``client`` has by now."""
        destination = replace(self.destination, client=client)
        return replace(self, destination=destination, question=replace(self.question, client=client))

    @property
    def user(self) -> Any:
        """Return the person who is asked."""
        return self.question.user


def inquire(
    request: AuthorizationRequest,
    destination: Destination,
    asked: Asked,
    *,
    user: Any,
    sign_in: SignIn,
    issuer: Issuer,
    visitor: Visitor = NOBODY,
    since: datetime | None = None,
) -> Inquiry:
    """Return what ``request`` asks ``user``, who is signed in by ``sign_in``; on a page that was opened ``since``.

    Raises ``AccessDenied`` where the client is not for ``user``.
    """
    check_user(user, destination.client)
    contexts = contexts_for(user, destination.client)
    withheld = withheld_from(user, asked.scope)
    grantable = grantable_part(asked, destination.client, withheld)
    question = Question(
        client=destination.client,
        user=user,
        asked=with_leeway(grantable, request, destination.client, user),
        withheld=tuple(one for one in asked.scope if one in withheld),
        sign_in=sign_in,
        destination=destination.in_words,
        contexts=contexts,
        context=settled(contexts, request.context),
        endings=() if since is None else endings(since),
        choices=open_places(grantable.details),
    )
    return Inquiry(request, destination, question, issuer, visitor)


def open_places(details: Sequence[Detail]) -> tuple[int, ...]:
    """Return the places of the details that leave something open, which the person chooses."""
    with project_code("what says whether authorization details leave something open"):
        return tuple(place for place, detail in enumerate(details) if leaves_choice(detail))


def grantable_part(asked: Asked, client: Client, withheld: frozenset[str]) -> Asked:
    """Return ``asked`` without what is ``withheld``, and with all that the rest implies and ``client`` may have there.

    That is nothing where the answer could not do without what is withheld.
    """
    if not withheld.isdisjoint(asked.required):
        return replace(asked, scope=(), details=())
    scope = tuple(one for one in asked.scope if one not in withheld)
    brought = tuple(one for one in registry().with_implied(scope, client.policy) if one not in withheld)
    return replace(asked, scope=asked.audience.served(brought))


def endings(since: datetime) -> tuple[datetime, ...]:
    """Return the ends that a person may choose on a page that was opened ``since``, to the second."""
    began = since.replace(microsecond=0)
    return tuple(began + timedelta(seconds=one) for one in sorted(provider_settings.CONSENT_DURATIONS))


def settled(contexts: Sequence[GrantContext], named: str) -> str | None:
    """Return the key of the context that is ``named``, or of the only one; None where there is none, or a choice.

    One that is not open to the person leaves them the choice: an error would tell any client where they do not belong.
    """
    keys = [one.key for one in contexts]
    wanted = named or (keys[0] if len(keys) == 1 else None)
    return wanted if wanted in keys else None
