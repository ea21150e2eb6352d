"""Recollections (RFC 6749 §10.2): what a person who is asked has said of it before, and what is different now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import router

from oauth_provider.authorization.question import Question, agreement_of, shown, yes_to
from oauth_provider.models import Consent
from oauth_provider.models.consent import ShownAs
from oauth_provider.protocol.consent import NO_WORDS, Agreed, Agreement, at_each, is_part
from oauth_provider.registry.scope import digests_of


class State(StrEnum):
    """The answer that a person gave about a scope before, if any."""

    NEW = "new"
    CHANGED = "changed"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Recollection:
    """The answers that a person gave before to what a question asks.

    ``is_first``: they never let the client in. ``before`` is what the page they agreed to said, and says nothing where
    nothing is compared: there is no consent, it is over, or the client looks otherwise now (``is_client_changed``).
    ``is_destination_new``: they never let an answer go there. ``reads_only``: they chose the twins of the question.
    """

    is_first: bool
    states: Mapping[str, State]
    before: ShownAs = field(default_factory=ShownAs)
    is_client_changed: bool = False
    is_destination_new: bool = False
    reads_only: bool = False


def recollect(question: Question, now: datetime) -> Recollection:
    """Return what the person of ``question`` said before, in the context that is settled; one statement."""
    rows = Consent.objects.using(router.db_for_write(Consent))
    consents = list(rows.filter(user=question.user, application=question.client.application.pk))
    nothing = dict.fromkeys(question.asked.scope, State.NEW)
    given = _given_in(question, consents, now)
    if given is None:
        return Recollection(is_first=not consents, states=nothing)
    agreed = given.agreed
    if agreed.client != shown(question.client):
        return Recollection(False, nothing, given.seen, is_client_changed=True)
    asked = agreement_of(question, yes_to(question))
    states = states_of(asked, agreed)
    return Recollection(
        is_first=False,
        states=states,
        before=given.seen,
        is_destination_new=not agreed.knows(question.destination or ""),
        reads_only=_reads_only(question.asked.twins, states, asked, agreed),
    )


def states_of(asked: Agreement, agreed: Agreed) -> dict[str, State]:
    """Return what was said before of each scope of ``asked``, at the resources that it is for."""
    return {scope: _state(scope, places, agreed) for scope, places in asked.entries.scopes.items()}


def _state(scope: str, places: Mapping[str, str], agreed: Agreed) -> State:
    if is_part({scope: places}, agreed.scopes):
        return State.AGREED
    if is_part({scope: places}, agreed.declined):
        return State.DECLINED
    before = agreed.scopes.get(scope, NO_WORDS)
    is_changed = any(before.get(place, words) != words for place, words in places.items())
    return State.CHANGED if is_changed else State.NEW


def _given_in(question: Question, consents: Iterable[Consent], now: datetime) -> Consent | None:
    context = question.context or ""
    if not question.is_settled:
        return None
    return next((one for one in consents if one.context == context and not one.is_over(now)), None)


def _reads_only(
    twins: Mapping[str, tuple[str, ...]], states: Mapping[str, State], asked: Agreement, agreed: Agreed
) -> bool:
    return bool(twins) and all(
        states[one] is State.DECLINED and is_part(at_each(digests_of(instead), asked.resources), agreed.scopes)
        for one, instead in twins.items()
    )
