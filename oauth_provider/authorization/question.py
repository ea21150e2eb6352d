"""Questions and decisions (RFC 6749 §4.1.1): who asks a person for what, and how much of it the person allows.

Neither knows of HTTP or of redirects. Whatever has to ask a person fills in the one and acts by the other.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.models.client import Client
from oauth_provider.protocol.authorization_details import Detail, at_resources, canonical
from oauth_provider.protocol.consent import Agreement
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.registry.authorization_details import digests_of_details
from oauth_provider.registry.grant_context import GrantContext
from oauth_provider.registry.resource import Audience, digests_of_resources
from oauth_provider.registry.scope import digests_of, registry

ALLOW, DENY = "allow", "deny"


@dataclass(frozen=True, slots=True)
class Asked:
    """The permissions that are asked for: scopes, the resources they are for, and details (RFC 9396).

    The scopes that are ``required`` are part of every yes: without them there would be nothing to answer with.
    """

    scope: tuple[str, ...]
    audience: Audience
    details: tuple[Detail, ...] = ()
    required: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Is nothing of it of use where it is to be used?"""
        return not self.scope and not at_resources(self.details, self.audience.identifiers)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ``user``: who asks, for what, and under which sign-in.

    ``destination`` is where the answer goes, in words that a person can check; None where it goes nowhere.
    ``withheld`` are scopes that were asked for and that the person may not grant: no part of what is ``asked``.
    ``contexts`` are those in which the person may grant it, none where they act for themselves alone, and ``context``
    is the key of the one that is settled, None where the person chooses. ``until`` is when all of it would end, None
    where nobody set that, and ``endings`` are earlier ones that the person may choose.
    """

    client: Client
    user: Any
    asked: Asked
    sign_in: SignIn
    destination: str | None = None
    contexts: tuple[GrantContext, ...] = ()
    context: str | None = None
    until: datetime | None = None
    endings: tuple[datetime, ...] = ()
    withheld: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Is it known what the person would act for?"""
        return not self.contexts or self.context is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a person to a question.

    ``scopes`` and ``details`` are what a yes is to, None for everything that is asked for; what is not asked for is
    never granted. ``context`` and ``until`` are among those of the question.
    """

    is_yes: bool
    scopes: frozenset[str] | None = None
    details: tuple[Detail, ...] | None = None
    context: str | None = None
    until: datetime | None = None

    @property
    def word(self) -> str:
        """``ALLOW`` or ``DENY``."""
        return ALLOW if self.is_yes else DENY

    @property
    def digest(self) -> str:
        """One digest of all of it: two decisions that say the same have the same."""
        scopes = None if self.scopes is None else sorted(self.scopes)
        details = None if self.details is None else sorted(map(canonical, self.details))
        until = None if self.until is None else self.until.isoformat()
        return digest(json.dumps([self.word, scopes, details, self.context, until]))


YES, NO = Decision(True), Decision(False)


def yes_to(question: Question) -> Decision:
    """Return a yes to everything that ``question`` asks for."""
    return Decision(True, context=question.context, until=question.until)


def is_offered(question: Question, context: str | None) -> bool:
    """Is ``context`` one that a person may answer ``question`` in?"""
    if question.is_settled:
        return context == question.context
    return any(context == one.key for one in question.contexts)


def check_offered(question: Question, decision: Decision) -> None:
    """Check that ``decision`` names a context and an end of ``question``. Raises ``InvalidRequest``."""
    if not decision.is_yes:
        return
    if decision.context is None and not question.is_settled:
        raise InvalidRequest(Reason.CONTEXT_NOT_CHOSEN)
    if not is_offered(question, decision.context):
        raise InvalidRequest(Reason.CONTEXT_NOT_OFFERED)
    if decision.until not in (question.until, *question.endings):
        raise InvalidRequest(Reason.END_NOT_OFFERED)


def allowed_part(question: Question, decision: Decision) -> Asked | None:
    """Return what of ``question`` is allowed, in the order in which it was asked for; None where that is nothing.

    A scope that implies one that is not allowed is not allowed either.
    """
    is_about_this = decision.until in (question.until, *question.endings) and is_offered(question, decision.context)
    if not (decision.is_yes and is_about_this):
        return None
    asked = question.asked
    scopes = frozenset(asked.scope) if decision.scopes is None else decision.scopes | asked.required
    if refused := frozenset(asked.scope) - scopes:
        scopes -= registry().with_implying(refused)
    details = asked.details if decision.details is None else decision.details
    part = replace(
        asked,
        scope=tuple(one for one in asked.scope if one in scopes),
        details=tuple(one for one in asked.details if any(map(_same_as(one), details))),
    )
    return None if part.is_empty else part


def agreement_of(question: Question, decision: Decision) -> Agreement:
    """Return what ``decision`` agrees to: each scope and detail that it allows, at every resource that is asked for."""
    part = allowed_part(question, decision)
    if part is None:
        return Agreement(shown(question.client))
    return Agreement(
        client=shown(question.client),
        scopes=digests_of(part.scope),
        resources=digests_of_resources(part.audience.resources),
        details=digests_of_details(part.details),
    )


def words_shown(question: Question) -> str:
    """Return the digest of all that is on the page: nobody agrees to what changed while it was open."""
    return agreement_of(question, yes_to(question)).digest


def shown(client: Client) -> str:
    """Return the digest of how ``client`` showed itself; where that changes, people are asked again."""
    return digest(str(client.application))


def _same_as(detail: Detail) -> Callable[[Detail], bool]:
    text = canonical(detail)
    return lambda other: canonical(other) == text
