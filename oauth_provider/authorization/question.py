"""Questions and decisions (RFC 6749 §4.1.1): who asks a person for what, and how much of it the person allows.

Neither knows of HTTP or of redirects. Whatever has to ask a person fills in the one and acts by the other.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.models.client import Client
from oauth_provider.protocol.authorization_details import Detail, at_resources, canonical
from oauth_provider.protocol.consent import Agreed, Agreement
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

    The scopes that are ``required`` are part of every yes. ``twins`` has, for every scope that can do harm, those that
    only read in its place; it is empty where one of them has none.
    """

    scope: tuple[str, ...]
    audience: Audience
    details: tuple[Detail, ...] = ()
    required: frozenset[str] = frozenset()
    twins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def optional(self) -> frozenset[str]:
        """Return the scopes that a person may leave out of a yes."""
        return frozenset(self.scope) - self.required

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
    where nobody set that, and ``endings`` are earlier ones that the person may choose. ``choices`` are the places of
    the details that leave something open, which the person chooses.
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
    choices: tuple[int, ...] = ()
    withheld: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Is it known what the person would act for?"""
        return not self.contexts or self.context is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a person to a question.

    ``scopes`` and ``details`` are what a yes is to, None for everything that is asked for; what is not asked for is
    never granted. ``reads_only`` puts the twins of the question in the place of what could do harm. ``context`` and
    ``until`` are among those of the question. ``values`` are what was entered in the forms of details, each field with
    its name.
    """

    is_yes: bool
    scopes: frozenset[str] | None = None
    details: tuple[Detail, ...] | None = None
    context: str | None = None
    until: datetime | None = None
    reads_only: bool = False
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

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
        said = [self.word, scopes, details, self.context, until, self.reads_only, sorted(self.values)]
        return digest(json.dumps(said))


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
    """Check that ``decision`` chooses only what ``question`` offers, and that nothing is left to choose.

    Raises ``InvalidRequest``.
    """
    if not decision.is_yes:
        return
    if decision.context is None and not question.is_settled:
        raise InvalidRequest(Reason.CONTEXT_NOT_CHOSEN)
    if not is_offered(question, decision.context):
        raise InvalidRequest(Reason.CONTEXT_NOT_OFFERED)
    if decision.until not in (question.until, *question.endings):
        raise InvalidRequest(Reason.END_NOT_OFFERED)
    if decision.reads_only and not question.asked.twins:
        raise InvalidRequest(Reason.ACCESS_NOT_OFFERED)
    if question.choices:
        raise InvalidRequest(Reason.CHOICE_NOT_MADE)


def allowed_part(question: Question, decision: Decision) -> Asked | None:
    """Return what of ``question`` is allowed, in the order in which it was asked for; None where that is nothing.

    A scope that implies one that is not allowed is not allowed either, and one that was left out is nobody's twin.
    """
    is_about_this = decision.until in (question.until, *question.endings) and is_offered(question, decision.context)
    asked = question.asked
    if not (decision.is_yes and is_about_this) or (decision.reads_only and not asked.twins):
        return None
    scopes = frozenset(asked.scope) if decision.scopes is None else decision.scopes | asked.required
    lost: frozenset[str] = frozenset()
    if refused := frozenset(asked.scope) - scopes:
        lost = registry().with_implying(refused)
    twins = asked.twins if decision.reads_only else {}
    allowed = chain.from_iterable(twins.get(one, (one,)) for one in asked.scope if one in scopes and one not in lost)
    part = replace(
        asked,
        scope=tuple(one for one in dict.fromkeys(allowed) if one not in lost),
        details=allowed_details(asked, decision),
    )
    return None if part.is_empty else part


def allowed_details(asked: Asked, decision: Decision) -> tuple[Detail, ...]:
    """Return the details of ``asked`` that are among those of ``decision``."""
    details = asked.details if decision.details is None else decision.details
    return tuple(one for one in asked.details if any(map(_same_as(one), details)))


def agreement_of(question: Question, decision: Decision) -> Agreement:
    """Return what ``decision`` agrees to: each scope and detail that it allows, at every resource that is asked for.

    What it leaves out of a yes is remembered, too.
    """
    part = allowed_part(question, decision)
    if part is None:
        return Agreement(shown(question.client))
    return Agreement(
        client=shown(question.client),
        scopes=digests_of(part.scope),
        resources=digests_of_resources(part.audience.resources),
        details=digests_of_details(part.details),
        declined=digests_of(one for one in question.asked.scope if one not in part.scope),
        destination=question.destination or "",
    )


def recalled_part(question: Question, agreed: Agreed) -> Asked | None:
    """Return what of ``question`` is granted without asking, as ``agreed`` before; None where it has to be asked."""
    asked = question.asked
    twins = {one: digests_of(instead) for one, instead in asked.twins.items()}
    scope = agreed.recall(agreement_of(question, yes_to(question)), optional=asked.optional, twins=twins)
    if scope is None:
        return None
    # Agreed to on one page and left out on another: what implies the one that is left out goes with it.
    lost = registry().with_implying(frozenset(asked.scope).difference(scope))
    part = replace(asked, scope=tuple(one for one in scope if one not in lost))
    return None if part.is_empty else part


def words_shown(question: Question) -> str:
    """Return the digest of all that is on the page: nobody agrees to what changed while it was open.

    What may be left out is part of it: nothing that a person left out becomes required afterwards.
    """
    asked, shown_words = question.asked, agreement_of(question, yes_to(question)).digest
    if not (asked.optional or asked.twins):
        return shown_words
    twins = [[one, sorted(digests_of(instead).items())] for one, instead in sorted(asked.twins.items())]
    return digest(json.dumps([shown_words, sorted(asked.optional), twins]))


def shown(client: Client) -> str:
    """Return the digest of how ``client`` showed itself; where that changes, people are asked again.

    What a client without logo and verified host shows is its name alone, as it was before there were any. Of one that
    a document describes, all that decides who gets an answer counts: nobody here looked at the document.
    """
    policy, name = client.policy, str(client.application)
    more = [policy.verified_host, policy.publisher, policy.logo]
    if policy.is_from_document:
        more += [*client.redirect_uris, policy.token_endpoint_auth_method, policy.jwks_uri, policy.client_uri]
    return digest(json.dumps([name, *more]) if any(more) else name)


def _same_as(detail: Detail) -> Callable[[Detail], bool]:
    text = canonical(detail)
    return lambda other: canonical(other) == text
