"""Choices on the consent page (RFC 6749 §3.3): each scope in words, whether it can be left out, and what is new."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from oauth_provider.authorization.question import Question
from oauth_provider.authorization.recollection import Recollection, State
from oauth_provider.authorization.warning import Warning
from oauth_provider.registry.scope import Permission, permissions_of, words_of

# The fields of the form, and what the second one says.
SCOPE, ACCESS = "scope", "access"
READ_ONLY = "read_only"
WARNINGS: Mapping[Warning, Any] = {
    Warning.EVERYTHING: _("It could do everything that you can do here. Allow it only if you trust it fully."),
    Warning.ANY_APP: _(
        "Any program on this device can pose as this app. Allow it only if you have just started it yourself."
    ),
    Warning.UNVERIFIED: _("Nobody here has checked this app. Allow it only if you know who made it."),
    Warning.FIRST_TIME: _("You have never let this app in before. Allow it only if you meant to use it just now."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A scope on the page. ``is_marked``: it is told apart from what the person knows; ``before`` is how it read then.

    One that is not ``is_required`` has a box, which ``is_ticked`` or not to begin with.
    """

    permission: Permission
    is_required: bool
    is_ticked: bool
    state: State
    is_marked: bool
    before: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices that stand together. ``is_folded``: the person knows them, and need not look again."""

    choices: tuple[Choice, ...]
    is_folded: bool


def groups_of(
    question: Question, recollection: Recollection, *, ticked: frozenset[str] | None = None
) -> list[ChoiceGroup]:
    """Return what is asked, and then what was agreed to before; all of it in one group where nothing is new.

    ``ticked`` are the scopes that the person ticked, where the page is shown again.
    """
    choices = choices_of(question, recollection)
    if ticked is not None:
        choices = [replace(one, is_ticked=one.is_required or one.permission.scope in ticked) for one in choices]
    known = tuple(one for one in choices if one.state in (State.AGREED, State.DECLINED))
    new = tuple(one for one in choices if one not in known)
    groups = [ChoiceGroup(new, is_folded=False), ChoiceGroup(known, is_folded=bool(new))]
    return [group for group in groups if group.choices]


def choices_of(question: Question, recollection: Recollection) -> list[Choice]:
    """Return every scope of ``question`` as the person is shown it."""
    required, states = question.asked.required, recollection.states
    # What was exchanged for its twin was not left out by the person.
    exchanged = question.asked.twins.keys() if recollection.reads_only else frozenset()
    # Where everything is new, nothing need be told apart.
    is_compared = set(states.values()) != {State.NEW}
    return [
        Choice(
            permission=one,
            is_required=one.scope in required,
            is_ticked=one.scope in required or one.scope in exchanged or states[one.scope] is not State.DECLINED,
            state=states[one.scope],
            is_marked=is_compared and states[one.scope] in (State.NEW, State.CHANGED),
            before=_words_before(one, recollection) if states[one.scope] is State.CHANGED else "",
        )
        for one in permissions_of(question.asked.scope)
    ]


def readings_of(question: Question) -> list[str]:
    """Return, in words, what the client may read where the person lets it read only; empty where that is no choice."""
    asked = question.asked
    reading = chain.from_iterable(asked.twins.get(one, (one,)) for one in asked.scope)
    return list(words_of(dict.fromkeys(reading)).values()) if asked.twins else []


def said_of_client(question: Question, recollection: Recollection) -> dict[str, str]:
    """Return how the client showed itself, and where it led, when the person let it in; each only if different now."""
    before, said = recollection.before, {}
    if recollection.is_client_changed and before.name and before.name != str(question.client.application):
        said["name"] = before.name
    if recollection.is_client_changed and before.verified_host not in ("", question.client.policy.verified_host):
        said["verified_host"] = before.verified_host
    if recollection.is_client_changed and before.logo not in ("", question.client.policy.logo):
        said["logo"] = before.logo
    if recollection.is_destination_new and before.host and before.host != question.destination:
        said["destination"] = before.host
    return said


def _words_before(permission: Permission, recollection: Recollection) -> str:
    """Return the words that the person saw, empty where nobody wrote them down, or only something else is different."""
    before = recollection.before.words.get(permission.scope, "")
    return before if before != permission.words else ""
